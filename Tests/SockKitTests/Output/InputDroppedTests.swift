import SockKit
import Testing

@testable import sockctl

/// What is said of standard input that was lost, where nothing says what of it arrived.
@Suite struct InputDroppedTests {
    private static let terminal = Terminal(2, isTerminal: false, color: .never)

    @Test(arguments: [
        (0, "whether the peer read the 5 bytes sent is not known"),
        (
            3,
            """
            3 of 5 bytes of standard input cannot have arrived; whether the peer read the others is not known
            """
        ),
        (5, "5 of 5 bytes of standard input cannot have arrived"),
    ])
    func `where nothing is acknowledged only what was never sent is told as lost`(unsent: Int, text: String) {
        let event = InputDroppedEvent(bytes: nil, sent: 5, unsent: unsent)
        #expect(event.text(on: Self.terminal) == text)
        #expect(
            sockctl::JSONValue.object(event.members).text == #"{"bytes_sent":5,"bytes_unsent":\#(unsent)}"#)
    }
}
