import Testing

@testable import sockctl

@Suite struct ProgressLineTests {
    @Test(arguments: [
        (ProgressLine(bytes: 0, elapsed: .seconds(1), recentBytes: 0, recentTime: .zero), 80, "0 bytes  1.00 s"),
        (
            ProgressLine(bytes: 3 << 20, elapsed: .seconds(2), recentBytes: 1 << 20, recentTime: .seconds(1)), 80,
            "3.0 MiB  1.0 MiB/s  2.00 s"
        ),
        (
            ProgressLine(
                bytes: 1 << 20, elapsed: .seconds(2), total: 4 << 20, recentBytes: 1 << 20, recentTime: .seconds(1)),
            80, "1.0 MiB  1.0 MiB/s  2.00 s  25 %  3.00 s left"
        ),
        (
            ProgressLine(
                bytes: 1 << 20, elapsed: .seconds(2), total: 4 << 20, recentBytes: 1 << 20, recentTime: .seconds(1)),
            26, "1.0 MiB  1.0 MiB/s  2.00 s"
        ),
        (
            ProgressLine(
                bytes: 5 << 20, elapsed: .seconds(2), total: 4 << 20, recentBytes: 0, recentTime: .seconds(1)),
            80, "5.0 MiB  0 bytes/s  2.00 s  100 %"
        ),
        (
            ProgressLine(bytes: 1, elapsed: .seconds(2), total: .max, recentBytes: 1, recentTime: .milliseconds(1500)),
            80, "1 byte  1 bytes/s  2.00 s  0 %"
        ),
    ])
    func `a line says what is known and fits`(line: ProgressLine, width: Int, expected: String) {
        #expect(line.text(width: width) == expected)
    }
}
