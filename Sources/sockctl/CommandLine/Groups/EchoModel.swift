/// How `listen --io-model` waits for bytes.
enum EchoModel: String, CaseIterable, Sendable {
    case blocking, spin, epoll
}
