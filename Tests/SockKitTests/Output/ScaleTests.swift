import Foundation
import Testing

@testable import sockctl

@Suite struct ScaleTests {
    @Test(
        arguments: [
            (0.0...129, 5, [0, 50, 100, 150]), (0...1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]), (3...3, 3, [3, 3.5]),
            (-7...12, 5, [-10, -5, 0, 5, 10, 15]),
        ] as [(ClosedRange<Double>, Int, [Double])])
    func `a linear scale has round bounds that hold the values`(
        values: ClosedRange<Double>, count: Int, expected: [Double]
    ) {
        let scale = Scale.linear(values, ticks: count)
        let ticks = scale.ticks(atMost: 100).filter { tick in expected.contains { abs($0 - tick) < 1e-9 } }
        #expect(ticks.count == expected.count)
        #expect(abs(scale.lower - expected[0]) < 1e-9)
        #expect(abs(scale.upper - expected[expected.count - 1]) < 1e-9)
    }

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
        let linear = Scale.linear(0...10)
        #expect([-1, 0, 5, 10, 11].map(linear.position) == [0, 0, 0.5, 1, 1])
    }

    @Test func `a scale never has more ticks than asked for, nor none`() {
        for span in [1.0, 3, 7, 12, 99, 1000, 123_456] {
            for count in 2...12 {
                for scale in [Scale.linear(0...span, ticks: count), .binary(0...span, ticks: count)] {
                    #expect((1...count + 1).contains(scale.ticks(atMost: count).count), "\(scale), \(count)")
                }
                #expect((1...count).contains(Scale.exact(1...(span + 1)).ticks(atMost: count).count))
            }
        }
    }

    @Test(arguments: [1e-12, 3.2e-7, 0.1, 0.5, 0.999, 1, 1.4142, 2, 9.99, 10, 12345.678, 1e18, .pi])
    func `the common logarithm is the C library's`(value: Double) {
        #expect(abs(value.commonLogarithm - log10(value)) < 1e-13)
    }

    @Test func `there is no logarithm of nothing`() {
        #expect(0.0.commonLogarithm == -.infinity)
        #expect((-1.0).commonLogarithm == -.infinity)
    }
}
