/// How `listen --io-model` waits for bytes.
enum EchoModel: String, CaseIterable, Sendable {
    case blocking, spin, epoll

    private static let honoured: Set<String> = PeerArguments.plainNames.union([
        "io-model", "serve", "keep-open", "max-accepts", "timeout", "backlog", "reuse-port", "mode", "read-size",
        "max-time",
    ])

    static func validate(_ arguments: ListenArguments) throws(UsageError) {
        guard arguments.ioModel != nil else { return }
        guard arguments.serve == .pipe || arguments.serve == .echo else {
            throw UsageError("'--io-model' is an echo server: '--serve \(arguments.serve.rawValue)' is another one")
        }
        if let option = ListenArguments.rows.firstGiven(in: arguments, unlike: ListenArguments(), besides: honoured) {
            throw UsageError(
                "'\(option)' has no effect with '--io-model', a small echo server of plain system calls, one peer at a time"
            )
        }
    }
}
