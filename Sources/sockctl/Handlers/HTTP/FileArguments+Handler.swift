import SockKit

extension FileArguments {
    /// A handler that has the files before the built-in paths; those alone without a root. `limit` is the largest file
    /// that is taken.
    @Netpoller
    func before(_ paths: BuiltInPaths, limit: Int?) throws(NetworkError) -> any HTTPHandler {
        guard let root else { return paths }
        var rules = FileRules()
        rules.listsFolders = listsFolders
        rules.showsHidden = showsHidden
        rules.standIn = standIn
        rules.takesUploads = takesUploads
        rules.overwrites = overwrites
        rules.uploadLimit = limit
        let folder = try FileRoot(root.byteString)
        if let standIn { try folder.requireFile(standIn) }
        return FileHandler(folder, rules, otherwise: FileHandler.Otherwise(paths, knows: BuiltInPaths.knows))
    }
}
