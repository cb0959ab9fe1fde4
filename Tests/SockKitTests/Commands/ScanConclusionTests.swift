import Testing

@testable import SockKit
@testable import sockctl

/// What a scan's result is told as.
@Suite struct ScanConclusionTests {
    /// What programs are told of the answers of proxies, each of which came so often.
    private func told(_ answers: [String: Int]) throws -> [Measure] {
        var result = ScanResult(targets: 100, parallel: 1)
        for (text, count) in answers { result.answers[ProxyRefusal(.failed, text)] = count }
        let reasons = try #require(result.measures(.tcp).first { $0.name == "reasons" })
        guard case .group(let parts) = reasons.value else { return [] }
        return parts
    }

    @Test func `answers of proxies that come to one name are counted together`() throws {
        #expect(try told(["503 A-B": 1, "503 A B": 2]) == [Measure("503_a_b", .count(3))])
    }

    @Test func `of many different answers the rarest are one`() throws {
        let answers = (10..<50).map { ("Answer \($0)", $0) }
        let told = try told(Dictionary(uniqueKeysWithValues: answers))
        #expect(told.count == 33)
        #expect(told.first == Measure("answer_18", .count(18)))
        #expect(told.last == Measure("other", .count((10..<18).reduce(0, +))))
    }
}
