import SockKit
import Testing

@Suite struct DestinationTests {
    typealias Place = Destination.Place

    @Test(
        arguments: [
            ("127.0.0.1:80", .host("127.0.0.1", service: "80")),
            ("localhost:http", .host("localhost", service: "http")),
            ("example.org:080", .host("example.org", service: "80")), ("[::1]:80", .host("::1", service: "80")),
            ("[fe80::1%eth0]:80", .host("fe80::1%eth0", service: "80")),
            ("a-b_c.d.:1", .host("a-b_c.d.", service: "1")),
            ("tcp:80", .host("tcp", service: "80")), ("h:0", .host("h", service: "0")),
            ("h:65535", .host("h", service: "65535")),
            ("h:x11-ssh", .host("h", service: "x11-ssh")), ("bücher.example:1", .host("bücher.example", service: "1")),
            ("1.2.3.4.in-addr.arpa:1", .host("1.2.3.4.in-addr.arpa", service: "1")),
            ("3com:1", .host("3com", service: "1")),
        ] as [(String, Place)])
    func `one word is a host and a port`(text: String, place: Place) throws {
        #expect(try Destination.parse(text, role: .dialing) == Destination(place: place))
        #expect(try Destination.parse(text, role: .listening) == Destination(place: place))
    }

    @Test(
        arguments: [
            (["::1", "80"], .host("::1", service: "80")), (["[::1]", "80"], .host("::1", service: "80")),
            (["localhost", "http"], .host("localhost", service: "http")),
            (["10.0.0.1", "080"], .host("10.0.0.1", service: "80")),
            (["unix", "80"], .host("unix", service: "80")),
        ] as [([String], Place)])
    func `two words are a host and a port`(words: [String], place: Place) throws {
        #expect(try Destination.parse(words, role: .dialing) == Destination(place: place))
    }

    @Test(
        arguments: [
            ("3000", .dialing, "localhost"), (":3000", .dialing, "localhost"),
            ("3000", .listening, "127.0.0.1"), (":3000", .listening, ""), (":http", .listening, ""),
        ] as [(String, Destination.Role, String)])
    func `a port alone is this machine, or every interface where a colon says so`(
        text: String, role: Destination.Role, host: String
    ) throws {
        let service = String(text.drop { $0 == ":" })
        #expect(try Destination.parse(text, role: role).place == .host(host, service: service))
    }

    @Test(
        arguments: [
            ("tcp4://127.0.0.1:80", .tcp4, .host("127.0.0.1", service: "80")),
            ("udp6://[::1]:53", .udp6, .host("::1", service: "53")),
            ("udp://:53", .udp, .host("localhost", service: "53")),
            ("tcp://80", .tcp, .host("localhost", service: "80")),
            ("unix:/tmp/x", .unix, .unix(.path("/tmp/x"))), ("unix:x", .unix, .unix(.path("x"))),
            ("unix:@name", .unix, .unix(.abstract("name"))), ("unixpacket:/tmp/x", .unixpacket, .unix(.path("/tmp/x"))),
            ("unixgram:a b:c", .unixgram, .unix(.path("a b:c"))), ("unix:///tmp/x", .unix, .unix(.path("/tmp/x"))),
            ("unix:////tmp/x", .unix, .unix(.path("//tmp/x"))), ("unix:./@x", .unix, .unix(.path("./@x"))),
        ] as [(String, Network, Place)])
    func `a prefix names the network`(text: String, network: Network, place: Place) throws {
        #expect(try Destination.parse(text, role: .dialing) == Destination(network: network, place: place))
    }

    @Test func `a prefix may stand before two words`() throws {
        let destination = try Destination.parse(["tcp6://::1", "80"], role: .dialing)
        #expect(destination == Destination(network: .tcp6, place: .host("::1", service: "80")))
    }

    @Test(
        arguments: [
            ("h:1", .tcp4, .tcp4), ("tcp4://h:1", .tcp, .tcp4), ("tcp://h:1", .tcp6, .tcp6),
            ("udp://h:1", .udp4, .udp4),
            ("unix:/x", .unixpacket, .unixpacket), ("unixgram:/x", .unix, .unix), ("/x", .unixgram, .unixgram),
            ("localhost:1", .unix, .unix), ("foo://x", .unix, .unix), ("@x", .unix, .unix),
        ] as [(String, Network, Network)])
    func `a network beside the address narrows it, and decides between Unix networks`(
        text: String, given: Network, network: Network
    ) throws {
        let destination = try Destination.parse(text, role: .dialing, network: given)
        #expect(destination.network == network)
        if case .unix = destination.place { #expect(given.isUnix) } else { #expect(!given.isUnix) }
    }

    @Test(
        arguments: [
            ("tcp://h:1", .udp), ("tcp4://h:1", .tcp6), ("unix:/x", .tcp), ("tcp://h:1", .unix), ("udp4://h:1", .tcp4),
        ] as [(String, Network)])
    func `a prefix that contradicts the network is an error that names both`(text: String, given: Network) throws {
        let error = #expect(throws: AddressError.self) { try Destination.parse(text, role: .dialing, network: given) }
        let message = try #require(error?.message)
        #expect(
            message.hasSuffix(
                "is an address of network \(text.prefix { $0 != ":" }), but the network asked for is \(given)"))
    }

    @Test func `what is printed is read back as the same destination`() throws {
        var generator = SeededGenerator(seed: 3)
        let hosts = ["localhost", "a.example", "10.1.2.3", "::1", "fe80::1%eth0", "::ffff:1.2.3.4", "tcp", ""]
        let services = ["0", "80", "65535", "http", "x-1"]
        let names = ["/tmp/x", "x", "//x", "///x", "a:b", "tcp://x", "a b", "é", String(repeating: "p", count: 107)]
        for _ in 0..<2_000 {
            let network = Network.nine.randomElement(using: &generator)!
            let isBare = !network.isUnix && Bool.random(using: &generator)
            let name = names.randomElement(using: &generator)!
            let place: Place =
                network.isUnix
                ? .unix(Bool.random(using: &generator) ? .path(ByteString(name)) : .abstract(ByteString(name)))
                : .host(hosts.randomElement(using: &generator)!, service: services.randomElement(using: &generator)!)
            let destination = Destination(network: isBare ? nil : network, place: place)
            #expect(try Destination.parse(destination.description, role: .listening) == destination)
        }
    }
}
