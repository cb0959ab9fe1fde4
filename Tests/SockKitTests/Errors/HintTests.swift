import SockKit
import Testing

@testable import sockctl

@Suite struct HintTests {
    private func hint(
        _ operation: NetworkError.Operation, _ cause: NetworkError.Cause, local: Endpoint? = nil,
        remote: Endpoint? = nil, network: Network = .tcp
    ) -> String? {
        let error = NetworkError(operation, network: network, local: local, remote: remote, cause: cause)
        expectWellFormed(error)
        return Failure(error).hint
    }

    @Test func `a refused dial is told how to start a listener there`() throws {
        let cause = NetworkError.Cause.system(.connectionRefused, call: "connect")
        let near = try #require(hint(.dial, cause, remote: .ip(.v4Loopback, port: 3000)))
        #expect(near == "nothing listens on 127.0.0.1:3000; start one with: sockctl listen 3000")
        let far = try #require(hint(.dial, cause, remote: .ip(IPAddress(v4: 10, 0, 0, 1), port: 3000)))
        #expect(far.contains("sockctl listen :3000"))
        let unix = try #require(hint(.dial, cause, remote: .unix(.path("/tmp/x"))))
        #expect(unix.contains("unix:/tmp/x"))
    }

    @Test(arguments: [
        ("[::1]:3000", "'[::1]:3000'"), ("127.0.0.2:3000", "127.0.0.2:3000"), ("[::ffff:127.0.0.1]:3000", "3000"),
        ("[2001:db8::1]:3000", ":3000"),
    ])
    func `where to listen is said so that the dial would find it`(address: String, place: String) throws {
        let error = NetworkError(
            .dial, network: .tcp, remote: Endpoint(address), cause: .system(.connectionRefused, call: "connect"))
        for command in ["listen", "http-serve"] {
            let text = try #require(Failure(error, startedWith: command).hint)
            #expect(text.hasSuffix("; start one with: sockctl \(command) \(place)"), "\(text)")
        }
    }

    @Test func `nobody is told to start a proxy`() {
        let cause = NetworkError.Cause.system(.connectionRefused, call: "connect")
        let error = NetworkError(.dial, network: .tcp, remote: .ip(.v4Loopback, port: 3128), cause: cause)
        let hint = Failure(error.on("proxy http://127.0.0.1:3128"), startedWith: "http-serve").hint
        #expect(hint == "nothing listens on 127.0.0.1:3128")
    }

    @Test func `an occupied port is told how to find who has it`() throws {
        let cause = NetworkError.Cause.system(.addressInUse, call: "bind")
        let text = try #require(hint(.listen, cause, local: .ip(.v4Any, port: 3000)))
        #expect(text.contains("ss -ltnp") && text.contains(":3000"))
    }

    @Test func `hints about datagrams are about datagrams`() throws {
        let path = Endpoint.unix(.path("/tmp/x"))
        for errno in [Errno.noSuchFile, .connectionRefused] {
            let text = try #require(
                hint(.dial, .system(errno, call: "connect"), remote: path, network: .unixgram))
            #expect(text.contains("sockctl udp-recv unix:/tmp/x") && !text.contains("ICMP"))
            #expect(hint(.write, .system(errno, call: "sendmmsg"), remote: path, network: .unixgram) == text)
        }
        let wrong = hint(.dial, .system(.wrongProtocolType, call: "connect"), remote: path, network: .unixgram)
        #expect(wrong?.contains("sockctl dial unix:/tmp/x") == true)
        let taken = hint(
            .listen, .system(.addressInUse, call: "bind"), local: .ip(.v4Any, port: 3000), network: .udp)
        #expect(taken?.contains("ss -lunp") == true)
    }

    @Test func `a privileged port gets one that is not, a file without permission nothing`() throws {
        let cause = NetworkError.Cause.system(.permissionDenied, call: "bind")
        #expect(try #require(hint(.listen, cause, local: .ip(.v4Any, port: 80))).contains("8080"))
        #expect(hint(.listen, cause, local: .ip(.v4Any, port: 3000)) == nil)
        #expect(hint(.listen, cause, local: .unix(.path("/root/x"))) == nil)
    }

    @Test func `silence and a missing route are explained`() {
        #expect(hint(.dial, .timeout)?.contains("accept queue") == true)
        #expect(hint(.dial, .system(.hostUnreachable, call: "connect"))?.contains("ip route") == true)
        #expect(hint(.read, .timeout) == nil)
    }

    @Test func `an address that is one of a link's gets the interface that is missing`() {
        let cause = NetworkError.Cause.system(.invalidArgument, call: "connect")
        let text = hint(.dial, cause, remote: Endpoint("[fe80::1]:9"))
        #expect(text == "a link-local address needs its interface: [fe80::1%eth0]:9")
        #expect(hint(.dial, cause, remote: Endpoint("[2001:db8::1]:9")) == nil)
    }

    @Test func `what explains itself, or was wanted, has no hint`() {
        for cause in [NetworkError.Cause.closed, .cancelled, .invalid("x"), .limit("x")] {
            for operation in [NetworkError.Operation.dial, .listen, .accept, .read, .write, .close, .set] {
                #expect(hint(operation, cause) == nil)
            }
        }
        #expect(hint(.dial, .noSuchHost("www.example.org")) == nil)
        #expect(hint(.dial, .noSuchHost("www")) != nil)
    }

    @Test func `a dead peer is told apart from one that has closed`() throws {
        let pipe = try #require(hint(.write, .system(.brokenPipe, call: "write")))
        let reset = try #require(hint(.write, .system(.connectionReset, call: "write")))
        #expect(pipe != reset && reset == hint(.read, .system(.connectionReset, call: "read")))
    }

    @Test func `the library's own hints name no command and no option of the program`() {
        let causes = [
            Errno.connectionRefused, .noSuchFile, .wrongProtocolType, .permissionDenied, .noSuchDevice, .timedOut,
        ].map { NetworkError.Cause.system($0, call: "connect") }
        for cause in causes {
            for operation in [NetworkError.Operation.dial, .listen, .read, .write, .set] {
                for network in [Network.tcp, .udp, .unix, .unixgram] {
                    let remote = network.isUnix ? Endpoint.unix(.path("/tmp/x")) : .ip(.v4Loopback, port: 3000)
                    let hint = NetworkError(operation, network: network, remote: remote, cause: cause).hint ?? ""
                    #expect(!hint.contains("sockctl") && !hint.contains("--"), "\(hint)")
                }
            }
        }
    }
}
