import Testing

@testable import sockctl

@Suite struct FindingsTests {
    private let findings: Findings = {
        var findings = Findings()
        findings["one"] = .bytes(1)
        findings["two"] = .bytes(2)
        findings["many"] = .bytes(1_234_567)
        findings["three"] = .number(3)
        findings["short"] = .span(.milliseconds(300))
        findings["long"] = .span(.milliseconds(450))
        findings["error"] = "ECONNRESET"
        findings["shown"] = true
        findings["names"] = ["b", "a"]
        return findings
    }()

    @Test func `a text is filled with what was found`() {
        #expect(findings.filled("{one:byte}, {two:byte}, {many}") == "1 byte, 2 bytes, 1,234,567")
        #expect(findings.filled("{short} and {error}") == "300 ms and ECONNRESET")
        #expect(findings.filled("{shown}, {names}, {other}") == "yes, b, a, (not known)")
    }

    @Test(arguments: [
        Check.equal("one", 1), .equal("error", "ECONNRESET"), .equal("one", to: "one"), .isTrue("shown"),
        .one("two", of: [1, 2]), .atLeast("two", 2), .atMost("two", 2), .atMost("short", .found("long")),
        .less("one", than: "two"), .more("two", than: "one"), .about("long", "short"),
        .sum(["one", "two"], equals: "three"), .equal("names", inAnyOrder: ["a", "b"]),
        .atMost("short", .literal(.span(.seconds(1)))), .unless("shown", .equal("one", 2), .equal("nothing", 1)),
        .unless("nothing", .equal("one", 1), .equal("two", 2)),
    ])
    func `a check holds where it is so`(check: Check) {
        #expect(check.fault(findings) == nil)
    }

    @Test(arguments: [
        (Check.equal("one", 2), "'one' was 1 and should be 2"),
        (.equal("error", "EPIPE"), "'error' was ECONNRESET and should be EPIPE"),
        (.equal("one", to: "two"), "'one' was 1 and should be 'two' (2)"),
        (.isFalse("shown"), "'shown' was yes and should be no"),
        (.one("two", of: [1, 3]), "'two' was 2 and should be one of 1, 3"),
        (.atLeast("one", .found("two")), "'one' was 1 and should be at least 'two' (2)"),
        (.less("two", than: "one"), "'two' was 2 and should be less than 'one' (1)"),
        (.about("short", "long"), "'short' was 300 ms and should be no shorter than 'long' (450 ms)"),
        (
            .about("long", "short", upTo: .milliseconds(100)),
            "'long' was 450 ms and should be no longer than 100 ms after 'short' (300 ms)"
        ),
        (.sum(["one", "two"], equals: "two"), "'one' (1) + 'two' (2) should be 'two' (2)"),
        (.equal("names", inAnyOrder: ["a"]), "'names' was b, a and should be, in any order, a"),
        (.equal("nothing", 1), "'nothing' was not found out"),
        (.atLeast("error", 1), "'error' was ECONNRESET and cannot be compared with 1"),
        (.unless("nothing", .equal("one", 1), .equal("two", 1)), "'two' was 2 and should be 1"),
        (.atLeast("one", .found("nothing")), "'one' was 1 and cannot be compared with 'nothing' (not known)"),
    ])
    func `a check that does not hold says what should have been`(check: Check, fault: String) {
        #expect(check.fault(findings) == fault)
    }
}
