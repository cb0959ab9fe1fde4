import Testing

@testable import sockctl

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("listen", "listen", 0), ("lisen", "listen", 1),
        ("lsiten", "listen", 1), ("kitten", "sitting", 3), ("dail", "dial", 1),
    ])
    func `the distance counts edits and swapped neighbours`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
    }

    @Test(arguments: [
        ("lisen", "listen"), ("lisn", "listen"), ("dail", "dial"), ("keep-", "keep"), ("backl", "backlog"),
        ("x", nil), ("zzzz", nil), ("", nil), ("dip", nil), ("kept", nil), ("leap", nil), ("hidden", nil),
    ])
    func `the nearest name within three edits is suggested, if most of it stays`(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, among: ["listen", "dial", "keep", "backlog"]) == expected)
    }
}
