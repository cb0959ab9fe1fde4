import Testing

@testable import sockctl

@Suite struct QuantityTests {
    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (17, "17 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1229, "1.2 KiB"),
        (101_325, "99.0 KiB"), (102_400, "100 KiB"), (1_048_000, "1023 KiB"), (1_048_500, "1.0 MiB"),
        (1_258_291, "1.2 MiB"), (4 << 30, "4.0 GiB"), (.max, "8.0 EiB"),
    ])
    func `a size has about three digits`(bytes: Int, expected: String) {
        #expect(Quantity.bytes(bytes) == expected)
    }

    @Test(arguments: [
        (Duration.zero, "0 s"), (.nanoseconds(850), "850 ns"), (.nanoseconds(12_400), "12 µs"),
        (.nanoseconds(999_499), "999 µs"), (.nanoseconds(999_500), "1.00 ms"), (.microseconds(1030), "1.03 ms"),
        (.microseconds(9_995), "10.0 ms"), (.microseconds(12_345), "12.3 ms"), (.milliseconds(999), "999 ms"),
        (.microseconds(999_500), "1.00 s"), (.milliseconds(2_500), "2.50 s"), (.milliseconds(59_940), "59.9 s"),
        (.milliseconds(59_960), "1m 00s"), (.seconds(65), "1m 05s"), (.seconds(7209), "2h 00m 09s"),
        (.milliseconds(-3), "-3.00 ms"),
        (Duration(secondsComponent: .min, attosecondsComponent: 0), "-2562047h 47m 17s"),
    ])
    func `a span of time is told in the unit that fits`(duration: Duration, expected: String) {
        #expect(Quantity.duration(duration) == expected)
    }

    @Test(
        arguments: [
            (0, Duration.seconds(1), "0 bytes/s"), (17, .milliseconds(500), "34 bytes/s"),
            (1 << 30, .seconds(1), "1.0 GiB/s"),
            (812 << 20, .seconds(1), "812 MiB/s"), (5, .zero, nil),
        ] as [(Int, Duration, String?)])
    func `a rate needs time`(bytes: Int, time: Duration, expected: String?) {
        #expect(Quantity.rate(bytes, in: time) == expected)
    }

    @Test func `one is not many`() {
        #expect(Quantity.count(1, "retransmit") == "1 retransmit")
        #expect(Quantity.count(0, "retransmit") == "0 retransmits")
    }
}
