import SockKit

/// What a proxy is to be, read before anybody can come.
@Netpoller
struct ProxyPlan {
    private let arguments: ProxyServerArguments
    private let authentication: ProxyAuthentication?
    private let targets: Gate?
    private let resolver: Resolver
    private let reporter: Reporter

    /// Reads the files, and looks up the names of rules.
    init(
        _ arguments: ProxyServerArguments, _ resolver: Resolver, _ reporter: Reporter
    ) async throws(RuleFailure) {
        self.arguments = arguments
        self.resolver = resolver
        self.reporter = reporter
        var users = arguments.users.compactMap { BasicCredentials($0) }
        for file in arguments.userFiles { users += try await Self.users(in: file) }
        if arguments.wantsPassword, users.isEmpty {
            let name = arguments.userFiles.map(\.text).joined(separator: ", ")
            throw RuleFailure(
                failure: Failure(code: "usage", message: "\(name): no user; write USER:PASS on a line"), status: .data)
        }
        authentication = users.isEmpty ? nil : ProxyAuthentication(users)
        targets = try await Gate.open(
            arguments.targets, .tcp, resolver, reporter, options: ("--target-allow", "--target-deny"))
    }

    /// On a thread of its own: opening a pipe waits for somebody who writes.
    private static func users(in file: Word) async throws(RuleFailure) -> [BasicCredentials] {
        try await Netpoller.offload(attempt: { () throws(RuleFailure) in try read(file) }) { failure in
            RuleFailure(unread: file, failure)
        }
    }

    /// A hundred thousand users have room in it.
    nonisolated private static let most = 16 << 20

    nonisolated private static func read(_ file: Word) throws(RuleFailure) -> [BasicCredentials] {
        let bytes: [UInt8]
        do throws(Errno) { bytes = try FileCalls.bytes(of: file.byteString, atMost: most) } catch {
            throw RuleFailure(failure: Failure(error, "open", file.text), status: .noInput)
        }
        var users: [BasicCredentials] = []
        var number = 0
        // A password is the bytes that stand there, in whatever encoding.
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            guard let user = BasicCredentials(bytes: Array(line)), !user.user.isEmpty else {
                // What stands there may be a password.
                let message = "\(file.text), line \(number): no USER:PASS"
                throw RuleFailure(failure: Failure(code: "usage", message: message), status: .data)
            }
            users.append(user)
        }
        return users
    }

    /// Why the proxy is not to be started; nil if it is.
    func refusal(at own: Endpoint, _ peers: GateArguments) -> RuleFailure? {
        guard own.isExposed, !arguments.isOpen, authentication == nil, !peers.admitsOnlyNamed,
            !arguments.targets.admitsOnlyNamed
        else { return nil }
        return RuleFailure(
            failure: Failure(
                code: "usage", message: "a proxy at \(own) would serve everybody who can reach it, and lead everywhere",
                hint: "say whom: --proxy-auth USER:PASS, or --allow 10.0.0.0/8; or --open for everybody"),
            status: .usage)
    }

    /// The service of a proxy that listens there.
    func service(at own: Endpoint) -> ProxyService {
        let rules = TargetRules(gate: targets, own: own)
        let dialer = Dialer(timeout: ProxyService.Limits().dial, resolver: resolver)
        return ProxyService(
            authentication, DestinationDialer(dialer) { address, port in rules.refusal(of: address, port) }, reporter)
    }
}
