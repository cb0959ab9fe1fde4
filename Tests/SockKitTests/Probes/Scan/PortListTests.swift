import Testing

@testable import SockKit

@Suite struct PortListTests {
    private func ports(_ text: String, _ network: Network = .tcp) throws -> [UInt16] {
        try PortList(text).ports(Resolver(), network)
    }

    @Test(
        arguments: [
            ("22", [22]), ("80,22", [80, 22]), ("8000-8003", [8000, 8001, 8002, 8003]), ("7-7", [7]), ("0022", [22]),
            ("22,20-23,22", [22, 20, 21, 23]), ("http,443", [80, 443]), ("65535,1", [65535, 1]),
        ] as [(String, [UInt16])])
    func `a list of numbers, ranges and services is its ports, each once, in its order`(
        text: String, wanted: [UInt16]
    ) throws {
        #expect(try ports(text) == wanted)
    }

    @Test func `all ports are one range`() throws {
        #expect(try ports("1-65535").count == 65535)
    }

    @Test(arguments: [
        ("", "missing"), ("22,", "22,"), (",22", ",22"), ("0", "port 0"), ("0-5", "port 0"), ("65536", "65536"),
        ("99999999999999999999", "99999999999999999999"), ("80-22", "22-80"), ("8000-", "8000-"), ("-22", "within"),
        ("+22", "+22"), ("22-x", "22-x"), ("1-2-3", "1-2-3"), ("22 23", "22 23"), ("22-70000", "70000"),
    ])
    func `what is no port is named`(text: String, named: String) throws {
        do throws(AddressError) {
            let list = try PortList(text)
            // What may be a service is asked for where services are known.
            #expect(throws: LookupFailure.self) { try list.ports(Resolver(), .tcp) }
        } catch {
            #expect(error.message.contains(named), "\(error)")
        }
    }

    @Test func `a service may have a hyphen, and one that nobody knows is said so`() throws {
        let list = try PortList("no-such-service")
        let error = #expect(throws: LookupFailure.self) { try list.ports(Resolver(), .tcp) }
        #expect(error?.cause == .unknownService("no-such-service"))
    }
}
