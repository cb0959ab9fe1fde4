import Testing

@testable import SockKit

@Suite struct PeerWordsTests {
    private func shown(_ text: String) -> String { PeerWords(text.utf8).description }

    @Test func `a peer's words are one line, without a full stop`() {
        #expect(shown("454 TLS not available") == "454 TLS not available")
        #expect(shown(" \t no \r\n\n way. . \r\n") == "no way")
        #expect(shown("") == "" && shown("..") == "" && shown("\0 \0") == "")
        #expect(shown("a.b: c\0") == "a.b: c")
    }

    @Test func `nothing in them acts on a terminal`() {
        #expect(shown("a\u{1b}[31mb\u{7}\u{9b}c") == #"a\x1b[31mb\x07\xc2\x9bc"#)
        #expect(shown("x\u{202e}y\u{3164}z\u{feff}") == #"x\xe2\x80\xaey\xe3\x85\xa4z\xef\xbb\xbf"#)
        #expect(shown("a\u{2028}b\u{85}c") == "a b c")
        #expect(shown("grüß Gott 🙂") == "grüß Gott 🙂")
        #expect(PeerWords([0x61, 0xff, 0x62]).description == "a\u{fffd}b")
    }

    @Test func `they are not too many`() {
        let full = String(repeating: "x", count: 200)
        #expect(shown(full) == full)
        #expect(shown(full + "y") == full + " [...]")
        #expect(shown(full + " . ") == full + " [...]")
        let hidden = String(repeating: "\u{feff}", count: 60)
        #expect(shown(hidden) == String(repeating: #"\xef\xbb\xbf"#, count: 16) + " [...]")
        let wide = String(repeating: "ü", count: 60_000)
        #expect(shown(wide) == String(repeating: "ü", count: 200) + " [...]")
        #expect(shown(String(repeating: " ", count: 2000)) == "[...]")
    }
}
