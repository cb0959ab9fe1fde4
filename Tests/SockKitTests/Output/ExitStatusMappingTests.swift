import Testing

@testable import SockKit
@testable import sockctl

@Suite struct ExitStatusMappingTests {
    @Test(
        arguments: [
            (.dial, .tcp, .system(.connectionRefused, call: "connect"), 69),
            (.dial, .tcp, .system(.networkUnreachable, call: "connect"), 69),
            (.dial, .unix, .system(.noSuchFile, call: "connect"), 69),
            (.dial, .unix, .system(.wrongProtocolType, call: "connect"), 69),
            (.dial, .tcp, .system(.timedOut, call: "connect"), 75), (.dial, .tcp, .timeout, 75),
            (.accept, .tcp, .timeout, 75),
            (.dial, .tcp, .noSuchHost("x"), 68), (.dial, .tcp, .lookupFailed("x", reason: "y"), 68),
            (.listen, .tcp4, .noSuitableAddress("::1"), 68), (.dial, .tcp, .unknownService("x"), 64),
            (.dial, .tcp, .invalid("x"), 64), (.dial, .tcp, .system(.tooManyOpenFiles, call: "socket"), 71),
            (.accept, .tcp, .system(.noBufferSpace, call: "accept"), 71),
            (.listen, .tcp, .system(.addressInUse, call: "bind"), 73),
            (.dial, .tcp, .system(.addressNotAvailable, call: "bind"), 73),
            (.listen, .unix, .system(.fileExists, call: "bind"), 73),
            (.listen, .unix, .system(.noSuchFile, call: "bind"), 73),
            (.listen, .tcp, .system(.permissionDenied, call: "bind"), 77),
            (.read, .tcp, .system(.connectionReset, call: "read"), 74),
            (.write, .tcp, .system(.brokenPipe, call: "write"), 74),
            (.read, .tcp, .system(.connectionAborted, call: "read"), 74),
            (.read, .tcp, .system(.timedOut, call: "read"), 75),
            (.write, .udp, .system(.messageTooLong, call: "write"), 65),
            (.write, .udp, .system(.connectionRefused, call: "write"), 69),
            (.read, .tcp, .limit("x"), 65), (.dial, .tcp, .option(.invalidArgument, name: "TCP_MAXSEG"), 64),
            (.dial, .tcp, .option(.notPermitted, name: "SO_BINDTODEVICE"), 77),
            (.dial, .tcp, .system(.connectionReset, call: "connect"), 74),
            (.read, .tcp, .message(MessageError(.malformed, "HTTP answer", "x")), 65),
            (.read, .tcp, .message(MessageError(.tooLong, "HTTP answer", "x")), 65),
            (.read, .tcp, .message(MessageError(.truncated, "HTTP answer", "x")), 74),
            (.dial, .tcp, .proxy(ProxyRefusal(.refused, "x")), 69),
            (.dial, .tcp, .proxy(ProxyRefusal(.noAnswer, "x")), 69),
            (.dial, .tcp, .proxy(ProxyRefusal(.rules, "x")), 77),
            (.dial, .tcp, .proxy(ProxyRefusal(.authentication, "x")), 77),
        ] as [(NetworkError.Operation, Network, NetworkError.Cause, Int32)])
    func `an error has its status`(
        operation: NetworkError.Operation, network: Network, cause: NetworkError.Cause, status: Int32
    ) {
        #expect(ExitStatus(of: NetworkError(operation, network: network, cause: cause)).code == status)
    }

    @Test func `a signal is told as shells do`() {
        #expect(ExitStatus.signal(2).code == 130)
        #expect(ExitStatus.signal(15).code == 143)
        #expect(ExitStatus.success.code == 0)
    }
}
