import Testing

@testable import sockctl

@Suite struct ActivatedSocketsTests {
    private func sockets(
        _ process: String? = "7", _ count: String? = "1", _ names: String? = nil
    ) throws(UsageError) -> ActivatedSockets {
        try ActivatedSockets(process: process, count: count, names: names, own: 7)
    }

    @Test func `the only socket is the first`() throws {
        #expect(try sockets().number(named: nil) == 3)
        #expect(try sockets("7", "1", "web").number(named: "web") == 3)
    }

    @Test func `one of several is chosen by its name`() throws {
        let both = try sockets("7", "2", "web:admin")
        #expect(try both.number(named: "web") == 3)
        #expect(try both.number(named: "admin") == 4)
        let error = #expect(throws: UsageError.self) { try both.number(named: nil) }
        #expect(error?.message == "'--activated': there are 2 sockets: web (descriptor 3), admin (descriptor 4)")
        let other = #expect(throws: UsageError.self) { try both.number(named: "mail") }
        #expect(other?.message.hasPrefix("'--activated': no socket is called 'mail'") == true)
    }

    @Test func `a name beyond the number of sockets is none`() {
        #expect(throws: UsageError.self) { try sockets("7", "1", "web:admin").number(named: "admin") }
    }

    @Test(
        arguments: [
            (nil, "1", "no socket was given"), ("7", nil, "no socket was given"), ("8", "1", "are for the process 8"),
            ("x", "1", "are for the process x"), ("7", "0", "LISTEN_FDS is '0'"), ("7", "-1", "LISTEN_FDS is '-1'"),
        ] as [(String?, String?, String)])
    func `what a service manager did not give is named`(process: String?, count: String?, wanted: String) {
        let error = #expect(throws: UsageError.self) { try sockets(process, count) }
        #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
    }
}
