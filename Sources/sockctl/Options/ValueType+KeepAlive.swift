import SockKit

extension ValueType where Value == KeepAlive {
    /// `IDLE[,INTERVAL,COUNT]`, or `off`.
    static var keepAlive: Self {
        Self(placeholder: "IDLE[,INTERVAL,COUNT]|off", completion: .words(["off"])) {
            (text: String) throws(UsageError) in
            text == "off" ? .off : try KeepAlive(text)
        } show: { value in
            value.idle.map { "\(DurationText.show($0)),\(DurationText.show(value.interval)),\(value.count)" } ?? "off"
        }
    }
}

extension KeepAlive {
    fileprivate init(_ text: String) throws(UsageError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || parts.count == 3 else {
            throw UsageError("'\(text)' is not a keep-alive setting; write it like 15s, or 15s,5s,3, or off")
        }
        // The kernel's own bounds: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL and MAX_TCP_KEEPCNT in net/tcp.h.
        self.init(idle: try DurationText.parse(parts[0], seconds: 1...32767))
        guard parts.count == 3 else { return }
        interval = try DurationText.parse(parts[1], seconds: 1...32767)
        count = Int32(try ValueType<Int>.count(1...127).parse(parts[2]))
    }
}
