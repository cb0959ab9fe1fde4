import SockKit

/// A bare socket of an experiment, whose system calls are made one by one.
@Netpoller
final class LabDescriptor {
    let number: Int32
    let party: Party
    private let family: SocketFamily
    private(set) var isOpen = true

    fileprivate init(_ number: Int32, _ family: SocketFamily, of party: Party) {
        self.number = number
        self.family = family
        self.party = party
    }

    /// Where it is bound.
    var endpoint: Endpoint { (try? SocketCalls.localEndpoint(of: number)) ?? .unix(.unnamed) }

    // Each says "ok" or the name of the error number.

    @discardableResult
    func set(_ option: SocketOption, _ value: Int32 = 1) -> String {
        call("\(option.name) = \(value)") { () throws(Errno) in try option.set(value, on: number) }
    }

    @discardableResult
    func bind(_ endpoint: Endpoint) -> String {
        call("bind \(Party.brief(endpoint))") { () throws(Errno) in
            try SocketCalls.bind(number, to: endpoint, family: family)
        }
    }

    @discardableResult
    func listen(_ backlog: Int32) -> String {
        call("listen(2), backlog \(backlog)") { () throws(Errno) in try SocketCalls.listen(number, backlog: backlog) }
    }

    @discardableResult
    func connect(_ endpoint: Endpoint) -> String {
        call("connect(2) \(Party.brief(endpoint))") { () throws(Errno) in
            try SocketCalls.connect(number, to: endpoint, family: family)
        }
    }

    @discardableResult
    func shutdown() -> String {
        call("shutdown(SHUT_RDWR)") { () throws(Errno) in try SocketCalls.shutdown(number, .both) }
    }

    @discardableResult
    func close() -> String {
        guard isOpen else { return "EBADF" }
        isOpen = false
        return call("close(2)") { () throws(Errno) in try FileDescriptor(adopting: number).close() }
    }

    /// The connected socket as a connection, which owns it from now on.
    func connection(to remote: Endpoint) throws(Interruption) -> LabConnection {
        do throws(Errno) {
            isOpen = false
            let descriptor = try PolledDescriptor(adopting: FileDescriptor(adopting: number))
            return party.adopt(Connection(descriptor, .tcp, remote: remote))
        } catch {
            throw .failure(NetworkError(.dial, network: .tcp, remote: remote, cause: .system(error, call: "epoll_ctl")))
        }
    }

    private func call(_ text: String, _ body: () throws(Errno) -> Void) -> String {
        switch party.system(text, body) {
        case .success: "ok"
        case .failure(let error): error.name
        }
    }
}

extension Party {
    /// socket(2) and no more: nothing is set, bound or watched.
    func socket(
        _ family: SocketFamily = .inet, _ kind: Network.Kind = .stream
    ) throws(Interruption) -> LabDescriptor {
        do throws(Errno) {
            let made = LabDescriptor(try SocketCalls.socket(family, kind).release(), family, of: self)
            let quiet = LabDescriptor(made.number, family, of: self.quiet)
            stage.atEnd { if made.isOpen { quiet.close() } }
            return made
        } catch {
            throw .failure(NetworkError(.listen, network: nil, cause: .system(error, call: "socket")))
        }
    }
}

extension LabDescriptor {
    /// The same socket, whose calls another side makes.
    static func named(_ socket: LabDescriptor, of party: Party) -> LabDescriptor {
        LabDescriptor(socket.number, socket.family, of: party)
    }
}
