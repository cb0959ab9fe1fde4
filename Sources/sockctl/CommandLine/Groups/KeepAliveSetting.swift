/// When a silent peer is probed and when it is given up; by default as Go does.
struct KeepAliveSetting: Equatable, Sendable {
    var idle = Duration.seconds(15)
    var interval = Duration.seconds(15)
    var count = 9
}

extension ValueType where Value == KeepAliveSetting? {
    /// `IDLE[,INTERVAL,COUNT]`, or `off`.
    static var keepAlive: Self {
        Self(placeholder: "IDLE[,INTERVAL,COUNT]|off", completion: .words(["off"])) {
            (text: String) throws(UsageError) in
            text == "off" ? nil : try KeepAliveSetting(text)
        } show: { value in
            value.map { "\(DurationText.show($0.idle)),\(DurationText.show($0.interval)),\($0.count)" } ?? "off"
        }
    }
}

extension KeepAliveSetting {
    fileprivate init(_ text: String) throws(UsageError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || parts.count == 3 else {
            throw UsageError("'\(text)' is not a keep-alive setting; write it like 15s, or 15s,5s,3, or off")
        }
        // The kernel's own bounds: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL and MAX_TCP_KEEPCNT in net/tcp.h.
        idle = try DurationText.parse(parts[0], seconds: 1...32767)
        guard parts.count == 3 else { return }
        interval = try DurationText.parse(parts[1], seconds: 1...32767)
        count = try ValueType<Int>.count(1...127).parse(parts[2])
    }
}
