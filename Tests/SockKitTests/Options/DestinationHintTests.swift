import SockKit
import Testing

@testable import sockctl

/// What is said to those who give an address in a form that belongs to another command.
@Suite struct DestinationHintTests {
    private func hint(_ word: Word, _ role: Destination.Role) -> String? {
        do throws(UsageError) {
            _ = try NetworkArguments().destination([word], role)
            return nil
        } catch { return error.hint }
    }

    @Test(arguments: ["http://localhost:80/", "https://example.test/a?b"])
    func `whoever dials a URL of the web reads how to get what is there`(url: String) {
        #expect(hint(Word(url), .dialing) == "to get what is there, use: sockctl http-get '\(url)'")
        #expect(hint(Word(url), .listening) == nil)
    }

    @Test(arguments: ["foo://localhost:80", "localhost"])
    func `other addresses that are none are not taken for URLs of the web`(text: String) {
        #expect(hint(Word(text), .dialing) == nil)
    }
}
