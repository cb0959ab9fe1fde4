import SockKit

/// What a connection has that both its ends must take part in.
extension Peer {
    /// Says whether the peer speaks Multipath TCP, where that was asked for.
    @inline(never)
    func reportMultipath() {
        guard policy.asksForMultipath, reporter.isReported(.verbose), let isUsed = connection.isMultipath else {
            return
        }
        reporter.report(
            FeatureEvent(
                ends: ends, feature: .mptcp, isUsed: isUsed,
                reason: isUsed ? nil : "the peer does not speak Multipath TCP, or something on the way took it out"))
    }

    /// Says whether data travelled with the SYN, where that was asked for: of a peer that was accepted that is known at once,
    /// of one that was dialled only when it has answered.
    @inline(never)
    func reportFastOpen(isAccepted: Bool) {
        guard policy.asksForFastOpen, reporter.isReported(.verbose), let info = connection.tcpInfo else { return }
        reporter.report(
            FeatureEvent(
                ends: ends, feature: .fastopen, isUsed: info.usedFastOpen,
                reason: info.usedFastOpen ? nil : isAccepted ? acceptReason : dialReason))
    }

    private var dialReason: String {
        if sent == 0 { return "nothing was sent" }
        return KernelSettings.now.fastOpen.map { $0 & 1 == 0 } == true
            ? "net.ipv4.tcp_fastopen lacks the bit 1, by which data is sent"
            : "a first connection asks for the server's cookie, and a server need not give one"
    }

    private var acceptReason: String {
        KernelSettings.now.fastOpen.map { $0 & 2 == 0 } == true
            ? "net.ipv4.tcp_fastopen lacks the bit 2, by which data is taken" : "no data came with the SYN"
    }
}
