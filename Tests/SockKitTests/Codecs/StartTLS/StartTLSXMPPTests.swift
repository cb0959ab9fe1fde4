import Testing

@testable import SockKit

/// XMPP, whose messages are the elements of a stream of XML.
@Suite struct StartTLSXMPPTests {
    @Test func `a namespace whose prefix is empty is not the one that has none`() throws {
        let tag = try XMLTag(Array("s xmlns='a' xmlns:='b' xmlns:c='d'".utf8)[...])
        #expect(tag.namespaces == ["": "a", "c": "d"])
    }

    private static let tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"

    private func outcome(_ text: String, step: Int = .max) -> String {
        talk(XMPPPrelude(host: "x.example"), hearing: text, step: step).outcome
    }

    @Test func `the host stands in the first words as XML has it, or not at all`() {
        let said = talk(XMPPPrelude(host: "a'&<b"), hearing: "").texts
        #expect(said.first?.contains(" to='a&apos;&amp;&lt;b' version='1.0'>") == true)
        #expect(talk(XMPPPrelude(host: ""), hearing: "").texts.first?.contains(" to=") == false)
    }

    @Test(arguments: [
        "<proceed \(tls)/>", "<proceed \(tls)></proceed>", " \n<proceed\n\(tls)\t/>",
        "<t:proceed xmlns:t=\"urn:ietf:params:xml:ns:xmpp-tls\" ></t:proceed >",
    ])
    func `an agreement is an element of its namespace, however it is written`(text: String) {
        for step in [1, Int.max] {
            #expect(outcome(XMPPText.header + XMPPText.features + text, step: step) == "agreed")
        }
    }

    @Test func `prefixes are the server's to choose`() {
        let header =
            "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'"
            + " version='1.0'>"
        #expect(outcome(header + "<s:features><t:starttls/></s:features><t:proceed/>") == "agreed")
        let own = "<features xmlns='http://etherx.jabber.org/streams'><starttls \(Self.tls)/></features>"
        #expect(outcome(XMPPText.header + own + "<proceed \(Self.tls)/>") == "agreed")
    }

    @Test(arguments: [
        "<stream:features/>", "<stream:features></stream:features>",
        "<stream:features><starttls/></stream:features>", "<stream:features><starttls xmlns='x'/></stream:features>",
        "<stream:features><a><starttls \(tls)/></a></stream:features>",
        "<stream:features>&lt;starttls \(tls)/&gt;</stream:features>",
    ])
    func `without an offer that is one it is not asked for`(text: String) {
        let talked = talk(XMPPPrelude(host: "x.example"), hearing: XMPPText.header + text)
        #expect(talked.outcome == "does not offer STARTTLS" && talked.texts == [XMPPText.opening])
    }

    @Test func `a refusal and an error of the stream are told`() {
        let conditions = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
        #expect(
            outcome(XMPPText.header + XMPPText.features + "<failure \(Self.tls)/></stream:stream>") == "says: failure")
        #expect(
            outcome(
                XMPPText.header + "<stream:error><host-unknown \(conditions)/>"
                    + "<text \(conditions) xml:lang='en'>No such\nhost.</text></stream:error></stream:stream>")
                == "says: host-unknown No such host")
        #expect(outcome(XMPPText.header + "<stream:error/>") == "refuses, and does not say why")
        #expect(
            outcome("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>")
                == "does not offer STARTTLS: its XMPP is older than 1.0")
        #expect(outcome(XMPPText.header + "</stream:stream>") == "ended")
    }

    private static let faults = [
        ("220 mail.example\r\n", "header: the byte 50 stands outside of all elements"),
        ("<html>", "header: an element 'html' of '' stands where another was to come"),
        ("<stream version='1.0'>", "header: an element 'stream' of '' stands where another was to come"),
        ("<!DOCTYPE x>", "header: it has a comment, a declaration or CDATA, which are not read here"),
        ("<a<b>", "header: a '<' stands in a tag"), ("<>", "header: a tag in it has no name"),
        ("</a>", "header: '</a>' ends no element that is open"),
        ("<a b>", "header: an attribute of 'a' is not a name, '=' and a value in quotes"),
        ("<a b=c>", "header: an attribute of 'a' is not a name, '=' and a value in quotes"),
        ("<a ='c'>", "header: an attribute of 'a' is not a name, '=' and a value in quotes"),
    ]

    @Test(arguments: faults)
    func `what is no stream of XMPP is refused in words`(text: String, outcome: String) {
        #expect(self.outcome(text) == "message: malformed xmpp stream \(outcome)")
    }

    @Test(arguments: [
        ("<message/>", "features: an element 'message' of 'jabber:client' stands where another was to come"),
        ("<proceed \(tls)/>", "features: an element 'proceed' of 'urn:ietf:params:xml:ns:xmpp-tls' stands where"),
        ("<stream:features></features>", "features: '</features>' ends no element that is open"),
        ("<?xml version='1.0'?>", "features: an XML declaration stands in an element"),
    ])
    func `in the stream only what the protocol has is taken`(text: String, outcome: String) {
        #expect(self.outcome(XMPPText.header + text).hasPrefix("message: malformed xmpp \(outcome)"))
    }

    @Test func `a tag without an end, and elements without one, have their limits`() {
        #expect(
            outcome("<stream " + String(repeating: "x", count: 3000))
                == "limit: xmpp stream header: a tag has no end within 2048 bytes")
        #expect(
            outcome(XMPPText.header + "<stream:features>" + String(repeating: "<a>", count: 40))
                == "limit: xmpp features: more than 32 elements stand in each other")
    }
}
