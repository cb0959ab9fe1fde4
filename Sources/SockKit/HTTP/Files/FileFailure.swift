/// Why a file is not served or not stored, as the client is told.
struct FileFailure: Error, Sendable, Hashable {
    let status: HTTPStatus
    /// What the status does not say by itself.
    let reason: String?

    init(_ status: HTTPStatus, _ reason: String? = nil) {
        self.status = status
        self.reason = reason
    }

    /// What an error of the kernel means to somebody who brought a file: for the folder, or the file that it would replace.
    init(storing error: Errno, in what: String) {
        let failure = FileFailure(error)
        let reason: String? =
            switch error {
            case .permissionDenied, .notPermitted: "the server may not write to this \(what)"
            case .readOnlyFileSystem: "the file system is read-only"
            default: nil
            }
        self.init(failure.status, reason)
    }

    /// What an error of the kernel means to somebody who asked for a file by its path. That a path leads out of the root
    /// and that nothing is there look the same.
    init(_ error: Errno) {
        reason = nil
        status =
            switch error {
            case .noSuchFile, .notDirectory, .tooManyLinks, .nameTooLong, .leadsOut, .noSuchDevice: 404
            case .permissionDenied, .notPermitted, .readOnlyFileSystem: 403
            case .fileExists, .isDirectory: 409
            case .noSpace, .quotaExceeded, .fileTooLarge: 507
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory: 503
            default: 500
            }
    }
}
