/// What of a root is served, and what may be stored in it.
public struct FileRules: Sendable {
    /// A folder without an index.html is answered with a list of what is in it.
    public var listsFolders = true
    /// Names that begin with a dot are as good as others.
    public var showsHidden = false
    /// The file that stands for paths without one, where their last name has no dot: a program's page that knows what to
    /// show for which path.
    public var standIn: FilePath?
    /// PUT makes files.
    public var takesUploads = false
    /// PUT may put a file in another's place.
    public var overwrites = false
    /// The largest file that is taken; nil is without limit.
    public var uploadLimit: Int?

    /// Whether FILE.gz is given out in place of FILE. Not where anybody may bring a file and nobody replace one: what
    /// somebody called so would stand for a file that is none of his.
    var givesCopies: Bool { overwrites || !takesUploads }

    public init() {}
}
