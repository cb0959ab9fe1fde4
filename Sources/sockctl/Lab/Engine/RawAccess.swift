import SockKit

/// The descriptors behind the course's sockets, for system calls that nothing else makes; -1 once closed.
extension LabSocket {
    var number: Int32 { socket.descriptor.number }

    /// Sends one datagram without waiting, as sendto(2) does on a non-blocking socket: EAGAIN where there is no room.
    @discardableResult
    func sendNow(_ bytes: [UInt8], to remote: Endpoint) -> Errno? {
        let number = number
        let what = bytes.count < 40 ? Reading.quoted(bytes) : "\(bytes.count) bytes"
        let outcome = party.system("sendto(\(what))", result: { (count: Int) in "\(count)" }) { () throws(Errno) in
            let attempt = try unsafe bytes.span.withUnsafeBytes { all throws(Errno) in
                try unsafe TransferCalls.send(number, all, to: remote, family: remote.socketFamily)
            }
            guard case .done(let count) = attempt else { throw .wouldBlock }
            return count
        }
        if case .failure(let error) = outcome { return error }
        return nil
    }
}

extension LabConnection {
    /// The number of the descriptor, for calls that the connection itself has no use for.
    var number: Int32 { connection.descriptor.number }
}

extension LabListener {
    var number: Int32 { listener.descriptor.number }
}

extension PolledDescriptor {
    fileprivate var number: Int32 { (try? withNumber { (number) throws(Errno) in number }) ?? -1 }
}

extension Result where Failure == Errno {
    /// The error's name; `ok` where there is none.
    var code: String {
        if case .failure(let error) = self { error.name } else { "ok" }
    }
}

extension Optional where Wrapped == NetworkError {
    /// The error's code; `ok` where there is none.
    var code: String { self?.code ?? "ok" }
}
