import SockKit
import Testing

@Suite struct NetworkErrorTests {
    private static let near = Endpoint.ip(.v4Loopback, port: 40112)
    private static let far = Endpoint.ip(.v4Loopback, port: 9)

    private static let texts: [(NetworkError, String)] = [
        (
            NetworkError(.dial, network: .tcp, remote: far, cause: .system(.connectionRefused, call: "connect")),
            "dial tcp 127.0.0.1:9: connect: connection refused"
        ),
        (
            NetworkError(
                .write, network: .tcp, local: near, remote: far, cause: .system(.brokenPipe, call: "write")),
            "write tcp 127.0.0.1:40112->127.0.0.1:9: write: broken pipe"
        ),
        (
            NetworkError(.dial, network: .tcp, remote: far, cause: .system(.connectionReset, call: "connect")),
            "dial tcp 127.0.0.1:9: connect: connection reset by peer after the connection was made"
        ),
        (
            NetworkError(.dial, network: .tcp, remote: far, cause: .option(.invalidArgument, name: "TCP_MAXSEG")),
            "dial tcp 127.0.0.1:9: setsockopt TCP_MAXSEG: invalid argument"
        ),
        (NetworkError(.dial, network: .tcp, remote: far, cause: .timeout), "dial tcp 127.0.0.1:9: i/o timeout"),
        (
            NetworkError(.accept, network: .tcp, local: far, cause: .closed),
            "accept tcp 127.0.0.1:9: use of closed network connection"
        ),
        (
            NetworkError(
                .listen, network: .tcp6, local: .ip(.v6Any, port: 80), cause: .system(.permissionDenied, call: "bind")),
            "listen tcp6 [::]:80: bind: permission denied"
        ),
        (
            NetworkError(
                .dial, network: .unix, remote: .unix(.path("/tmp/x")), cause: .system(.noSuchFile, call: "connect")),
            "dial unix /tmp/x: connect: no such file or directory"
        ),
        (
            NetworkError(
                .read, network: .unix, local: .unix(.unnamed), remote: .unix(.abstract("n")), cause: .cancelled),
            "read unix (unnamed)->@n: operation was canceled"
        ),
        (NetworkError(.dial, network: .tcp, cause: .noSuchHost("nowhere")), "dial tcp: lookup nowhere: no such host"),
        (
            NetworkError(.dial, network: .tcp4, cause: .noSuitableAddress("::1")),
            "dial tcp4: address ::1: no suitable address"
        ),
        (NetworkError(.dial, network: .udp, cause: .unknownService("x")), "dial udp: unknown port x"),
        (
            NetworkError(.dial, network: .tcp, cause: .lookupFailed("a.b", reason: "temporary failure")),
            "dial tcp: lookup a.b: temporary failure"
        ),
        (NetworkError(.set, network: nil, cause: .invalid("no")), "set: no"),
        (
            NetworkError(
                .read, network: .tcp, local: near, remote: far,
                cause: .message(MessageError(.malformed, "HTTP answer", "field line 1: it has no colon"))),
            "read tcp 127.0.0.1:40112->127.0.0.1:9: malformed HTTP answer: field line 1: it has no colon"
        ),
    ]

    @Test(arguments: texts)
    func `the text is operation, network, ends, call and cause`(error: NetworkError, text: String) {
        #expect(error.description == text)
        expectWellFormed(error)
    }

    @Test func `the text of a dial names the near end only where it was chosen, the value always`() {
        func error(namesLocal: Bool) -> NetworkError {
            NetworkError(
                .dial, network: .tcp, local: Self.near, remote: Self.far, cause: .timeout, namesLocal: namesLocal)
        }
        #expect(error(namesLocal: false).description == "dial tcp 127.0.0.1:9: i/o timeout")
        #expect(error(namesLocal: true).description == "dial tcp 127.0.0.1:40112->127.0.0.1:9: i/o timeout")
        #expect(error(namesLocal: false).local == Self.near)
    }

    private static let codes: [(NetworkError.Cause, String)] = [
        (.system(.connectionRefused, call: "connect"), "ECONNREFUSED"), (.timeout, "timeout"), (.closed, "closed"),
        (.cancelled, "cancelled"), (.noSuchHost("x"), "no-such-host"),
        (.lookupFailed("x", reason: "y"), "no-such-host"), (.noSuitableAddress("x"), "no-suitable-address"),
        (.unknownService("x"), "usage"), (.invalid("x"), "usage"), (.limit("x"), "limit"),
        (.message(MessageError(.malformed, "HTTP answer", "x")), "message"),
        (.message(MessageError(.truncated, "HTTP answer", "x")), "truncated"),
        (.message(MessageError(.tooLong, "HTTP answer", "x")), "limit"),
    ]

    @Test(arguments: codes)
    func `the code is the kernel's symbol, or a word of ours`(cause: NetworkError.Cause, code: String) {
        #expect(NetworkError(.read, network: .tcp, cause: cause).code == code)
    }

    @Test func `a timeout is ours or the kernel's, nothing else`() {
        let timeouts = Self.codes.map(\.0).filter { NetworkError(.read, network: .tcp, cause: $0).isTimeout }
        #expect(timeouts == [.timeout])
        #expect(NetworkError(.dial, network: .tcp, cause: .system(.timedOut, call: "connect")).isTimeout)
    }

    @Test func `number and call are there where the kernel spoke`() {
        let kernel = NetworkError(.read, network: .tcp, cause: .system(.connectionReset, call: "read"))
        #expect(kernel.errno == .connectionReset && kernel.call == "read" && !kernel.isClosed)
        let ours = NetworkError(.read, network: .tcp, cause: .closed)
        #expect(ours.errno == nil && ours.call == nil && ours.isClosed)
    }

    @Test func `errors are equal if all that a program can see of them is`() {
        let error = NetworkError(.write, network: .tcp, local: Self.near, remote: Self.far, cause: .timeout)
        #expect(error == NetworkError(.write, network: .tcp, local: Self.near, remote: Self.far, cause: .timeout))
        #expect(error.hashValue == error.after(0).hashValue && error == error.after(0))
        #expect(error != error.after(1) && error.after(1).bytesTransferred == 1)
        #expect(error.after(1).description == error.description)
        let others = [
            NetworkError(.read, network: .tcp, local: Self.near, remote: Self.far, cause: .timeout),
            NetworkError(.write, network: .tcp4, local: Self.near, remote: Self.far, cause: .timeout),
            NetworkError(.write, network: .tcp, local: Self.far, remote: Self.far, cause: .timeout),
            NetworkError(.write, network: .tcp, local: Self.near, remote: Self.near, cause: .timeout),
            NetworkError(.write, network: .tcp, local: Self.near, remote: Self.far, cause: .closed),
        ]
        #expect(!others.contains(error))
    }

    @Test func `a failed attempt on a descriptor gets the call that was made`() {
        let causes = [DescriptorFailure.system(.brokenPipe), .deadlineExceeded, .closed, .cancelled]
            .map { NetworkError.Cause($0, call: "write") }
        #expect(causes == [.system(.brokenPipe, call: "write"), .timeout, .closed, .cancelled])
    }
}
