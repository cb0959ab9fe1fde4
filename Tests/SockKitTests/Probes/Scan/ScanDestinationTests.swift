import Testing

@testable import SockKit

@Suite struct ScanDestinationTests {
    /// What the words name, one place a line, without asking anybody.
    private func places(_ words: [String], network: Network? = nil) async throws -> [String] {
        let destination = try ScanDestination.parse(words.map { ByteString($0) }, network: network)
        let resolver = Resolver(overrides: ["localhost": [.v4Loopback], "two.test": [.v4Loopback, .v6Loopback]])
        let targets = try await destination.targets(resolver)
        var cursor = ScanCursor(targets)
        var places: [String] = []
        while let place = cursor.next() { places.append(place.description) }
        #expect(places.count == targets.count)
        return places
    }

    @Test(arguments: [
        (["10.0.0.1", "22"], ["10.0.0.1:22"]),
        (["10.0.0.1:22"], ["10.0.0.1:22"]),
        (["22,80"], ["127.0.0.1:22", "127.0.0.1:80"]),
        ([":22"], ["127.0.0.1:22"]),
        (["10.0.0.1", "10.0.0.2", "1-2"], ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.2:1", "10.0.0.2:2"]),
        (["10.0.0.1:1", "10.0.0.2:2"], ["10.0.0.1:1", "10.0.0.2:2"]),
        (["::1", "22"], ["[::1]:22"]),
        (["[::1]", "22"], ["[::1]:22"]),
        (["[::1]:22"], ["[::1]:22"]),
        (["10.0.0.8/31:7"], ["10.0.0.8:7", "10.0.0.9:7"]),
        (["10.0.0.8/31", "7"], ["10.0.0.8:7", "10.0.0.9:7"]),
        (["[2001:db8::/127]:7"], ["[2001:db8::]:7", "[2001:db8::1]:7"]),
        (["2001:db8::/127", "7"], ["[2001:db8::]:7", "[2001:db8::1]:7"]),
        (["two.test", "7"], ["127.0.0.1:7", "[::1]:7"]),
        (["tcp4://10.0.0.1", "22"], ["10.0.0.1:22"]),
        (["tcp://10.0.0.1:http"], ["10.0.0.1:80"]),
        (["unix:/tmp/a", "unix:@b"], ["/tmp/a", "@b"]),
    ])
    func `words name places`(words: [String], wanted: [String]) async throws {
        #expect(try await places(words) == wanted)
    }

    @Test func `a host may begin with digits and have hyphens`() async throws {
        let resolver = Resolver(overrides: ["10-0-0-5.ec2.internal": [.v4Loopback], "3-com": [.v6Loopback]])
        for (words, wanted) in [
            (["10-0-0-5.ec2.internal", "22"], "127.0.0.1:22"), (["3-com", "22-23"], "[::1]:22 [::1]:23"),
            (["10-0-0-5.ec2.internal:22"], "127.0.0.1:22"),
        ] {
            let destination = try ScanDestination.parse(words.map { ByteString($0) })
            var cursor = ScanCursor(try await destination.targets(resolver))
            var places: [String] = []
            while let place = cursor.next() { places.append(place.description) }
            #expect(places.joined(separator: " ") == wanted)
        }
    }

    @Test func `with a Unix network every word is a path`() async throws {
        #expect(try await places(["/tmp/a", "22"], network: .unix) == ["/tmp/a", "22"])
    }

    @Test func `a network restricts a name's addresses`() async throws {
        #expect(try await places(["two.test", "7"], network: .tcp6) == ["[::1]:7"])
    }

    @Test(arguments: [
        (["10.0.0.1"], "10.0.0.1 lacks its ports"), (["host.test"], "host.test lacks its ports"),
        (["10.0.0.1", "host.test:"], "10.0.0.1 lacks its ports"), (["10.0.0.1", ""], "empty"),
        (["::1:22"], "too many colons"), (["10.0.0.0/33", "22"], "/33"), (["host.test/24", "22"], "host.test/24"),
        (["10.0.0.0/x", "22"], "\"x\""), (["010.0.0.1", "22"], "010.0.0.1"), (["10.0.0.1", "80-22"], "80-22"),
        (["unix:/tmp/a", "22"], "unix:22"), (["10.0.0.1:22", "unix:/tmp/a"], "unix:/tmp/a"),
        (["tcp4://10.0.0.1:22", "udp4://10.0.0.1:22"], "udp4"), (["foo://x:1"], "foo"), (["10.0.0.1:"], "missing"),
        (["10.0.0.1", "22", "80"], "22,80"), (["vsock:2:22"], "not over vsock"),
        (["vsock:host", "22"], "not over vsock"),
        (["10.0.0.1", "20-30", "80"], "20-30,80"), (["10-0-0-5.test"], "10-0-0-5.test lacks its ports"),
    ])
    func `what names no place is an error that says so`(words: [String], named: String) {
        do throws(AddressError) {
            _ = try ScanDestination.parse(words.map { ByteString($0) })
            Issue.record("\(words) was taken")
        } catch {
            #expect(error.message.contains(named), "\(error)")
        }
    }

    @Test func `a network that is not scanned is an error, however the place is written`() {
        for words in [["127.0.0.1", "22"], ["127.0.0.1:22"], ["22"]] {
            let error = #expect(throws: AddressError.self) {
                try ScanDestination.parse(words.map { ByteString($0) }, network: .vsock)
            }
            #expect(error?.message.contains("not over vsock") == true)
        }
    }

    @Test func `from a source address only those of its family are places, and a host that has none is an error`()
        async throws
    {
        let resolver = Resolver(overrides: ["two.test": [.v6Loopback, .v4Loopback], "six.test": [.v6Loopback]])
        func hosts(_ word: String, from source: IPAddress) async throws -> [IPAddress] {
            let destination = try ScanDestination.parse([ByteString(word), "7"])
            return try await destination.targets(resolver, from: source).groups[0].hosts.map { $0[0] }
        }
        #expect(try await hosts("two.test", from: .v4Loopback) == [.v4Loopback])
        #expect(try await hosts("two.test", from: #require(IPAddress("::ffff:127.0.0.1"))) == [.v4Loopback])
        #expect(try await hosts("two.test", from: .v6Loopback) == [.v6Loopback])
        for any in [IPAddress.v4Any, .v6Any] {
            #expect(try await hosts("two.test", from: any) == [.v6Loopback, .v4Loopback])
        }
        for host in ["six.test", "::1"] {
            let error = await #expect(throws: NetworkError.self) { try await hosts(host, from: .v4Loopback) }
            #expect(error?.cause == .noSuitableAddress(host))
        }
    }

    @Test func `hosts are counted without their ports, and a name is one`() throws {
        let words = ["10.0.0.0/16", "host.test", "1-65535"].map { ByteString($0) }
        #expect(try ScanDestination.parse(words).hostCount == 65537)
    }
}
