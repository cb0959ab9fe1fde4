import SockKit

/// The moments of an exchange.
struct ExchangeClock {
    var start = Deadline.now
    var waits: Deadline?
    var resolve: Duration?
    var connects: Deadline?
    var connected: Deadline?
    var tls: Duration?
    var connection: Deadline?
    var sent: Deadline?
    var firstByte: Deadline?

    /// How long the dial that won took to connect.
    var connect: Duration? { connected.flatMap { connected in connects.map { connected - $0 } } }

    /// What it spent its time on up to the end; together that is all of it, so that what a phase is followed by belongs to
    /// it.
    func phases(until end: Deadline) -> ExchangePhases {
        var phases = ExchangePhases()
        let found = (connection ?? end) - start
        if connection == nil, connects == nil {
            phases.resolve = found
        } else if connection == nil || connected != nil {
            (phases.resolve, phases.tls) = (resolve, tls)
            phases.connect = found - (resolve ?? .zero) - (tls ?? .zero)
        } else if waits != nil {
            phases.wait = found
        }
        guard connection != nil else { return phases }
        // An answer may begin before the request has ended.
        let sent = min(self.sent ?? end, firstByte ?? end)
        phases.send = sent - start - (phases.wait ?? (connected == nil ? .zero : found))
        if self.sent != nil || firstByte != nil { phases.firstByte = (firstByte ?? end) - sent }
        if let firstByte { phases.body = end - firstByte }
        return phases
    }
}
