import Testing

@testable import sockctl

@Suite struct ScaleTests {
    @Test(arguments: [2.0, 3, 7, 132])
    func `what is counted has no ticks between`(last: Double) {
        let ticks = Scale.exact(1...last, .whole).ticks(atMost: 8)
        #expect(!ticks.isEmpty && ticks.allSatisfy { $0 == $0.rounded() }, "\(ticks)")
    }

    @Test func `ticks of bytes are powers of two apart`() {
        let scale = Scale.binary(0...3_910_656, ticks: 5)
        #expect(scale.ticks(atMost: 5) == [0, 1_048_576, 2_097_152, 3_145_728, 4_194_304])
    }

    @Test func `a logarithmic scale goes from a power of ten to another`() {
        let scale = Scale.logarithmic(0.00003...2.9)
        #expect(abs(scale.lower - 1e-5) < 1e-12)
        #expect(scale.upper == 10)
        #expect(scale.ticks(atMost: 10).count == 7)
        #expect(scale.ticks(atMost: 4).count <= 4)
        #expect(abs(scale.position(0.01) - 0.5) < 1e-9)
    }

    @Test func `what is beyond an end is at that end`() {
        let logarithmic = Scale.logarithmic(1...100)
        #expect([0, -4, 0.5, 1, 10, 100, 1e9].map(logarithmic.position) == [0, 0, 0, 0, 0.5, 1, 1])
        #expect([1, 5, 9].map(Scale.exact(1...9).position) == [0, 0.5, 1])
        let bytes = Scale.binary(0...8)
        #expect([-1, 0, 4, 8, 9].map(bytes.position) == [0, 0, 0.5, 1, 1])
    }

    @Test func `a scale never has more ticks than asked for, nor none`() {
        for span in [1.0, 3, 7, 12, 99, 1000, 123_456] {
            for count in 2...12 {
                let scale = Scale.binary(0...span, ticks: count)
                #expect((1...count + 1).contains(scale.ticks(atMost: count).count), "\(scale), \(count)")
                #expect((1...count).contains(Scale.exact(1...(span + 1)).ticks(atMost: count).count))
            }
        }
    }

    @Test func `a number has no more decimals than it needs`() {
        let numbers = [0, 1, -1.5, 2.25, 3.0004, 7.0999, -0.0001, 12.05, .nan]
        #expect(
            numbers.map { $0.text(decimals: 3) } == ["0", "1", "-1.5", "2.25", "3", "7.1", "0", "12.05", "0"])
        #expect(7.0999.text(decimals: 2) == "7.1" && 2.5.text(decimals: 0) == "3")
    }
}
