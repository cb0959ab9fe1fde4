import Glibc

/// A folder as /tmp is one: everybody may put something there, and removes what is his alone. Only root can make a link
/// in it that is another user's.
struct StickyFolder: Sendable {
    let path: String
    /// Somebody who owns nothing else.
    static let stranger: uid_t = 65534

    init(in directory: String) throws {
        path = "\(directory)/sticky"
        guard unsafe mkdir(path, 0o777) == 0, unsafe chmod(path, 0o1777) == 0 else { throw HarnessError("mkdir") }
    }

    /// Puts a link there, and returns its path.
    func link(_ name: String, to target: String, of owner: uid_t = Self.stranger) throws -> String {
        let link = "\(path)/\(name)"
        guard unsafe symlink(target, link) == 0, unsafe lchown(link, owner, gid_t(owner)) == 0 else {
            throw HarnessError("symlink")
        }
        return link
    }
}
