import Testing

@testable import SockKit

@Suite struct VsockAddressTests {
    private static let anyMachine = VsockAddress.anyCID
    private static let anyPort = VsockAddress.anyPort

    @Test(arguments: [
        ("vsock:2:1024", 2, 1024), ("vsock:host:1024", 2, 1024), ("vsock://host:1024", 2, 1024),
        ("vsock:local:9", 1, 9), ("vsock:any:9", anyMachine, 9), ("vsock:4294967295:9", anyMachine, 9),
        ("vsock::9", anyMachine, 9),
        ("vsock:9", 1, 9), ("vsock:3:4294967294", 3, 4_294_967_294), ("vsock:any:0", anyMachine, anyPort),
    ])
    func `a machine and a port are read, by numbers or by names`(text: String, cid: UInt32, port: UInt32) throws {
        let destination = try Destination.parse(text, role: .listening)
        #expect(destination == Destination(network: .vsock, place: .vsock(VsockAddress(cid: cid, port: port))))
        #expect(try Destination.parse(destination.description, role: .listening) == destination)
    }

    @Test func `with the network's name beside it, two words or one will do`() throws {
        let wanted = Destination(network: .vsock, place: .vsock(VsockAddress(cid: 2, port: 7)))
        #expect(try Destination.parse(["host", "7"], role: .dialing, network: .vsock) == wanted)
        #expect(try Destination.parse("2:7", role: .dialing, network: .vsock) == wanted)
    }

    @Test func `to dial, a port alone is this machine`() throws {
        for text in ["vsock:7", "vsock::7"] {
            let place = try Destination.parse(text, role: .dialing).place
            #expect(place == .vsock(VsockAddress(cid: VsockAddress.localCID, port: 7)))
        }
    }

    @Test(arguments: [
        ("vsock:", "a port is missing"), ("vsock:2:", "a port is missing in 2:"), ("vsock:2:http", "http is no port"),
        ("vsock:2:4294967295", "is no port"), ("vsock:hosts:1", "hosts is no machine"),
        ("vsock:1:2:3", "1:2:3 has too many colons"), ("vsock:any:1", "any is a machine to listen as"),
        ("vsock:-1:1", "-1 is no machine"),
    ])
    func `what is wrong is named`(text: String, wanted: String) {
        let error = #expect(throws: AddressError.self) { try Destination.parse(text, role: .dialing) }
        #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
    }

    @Test func `another network's prefix disagrees`() {
        #expect(throws: AddressError.self) { try Destination.parse("vsock:2:1", role: .dialing, network: .tcp) }
        #expect(throws: AddressError.self) { try Destination.parse("tcp://a:1", role: .dialing, network: .vsock) }
    }
}
