import SockKit

/// When the order to finish came. Whoever has a grace of its own to give counts it from there: two of them in a row would
/// be longer than was said.
@Netpoller
final class FinishOrder {
    /// nil until then.
    private(set) var moment: Deadline?

    func note() {
        if moment == nil { moment = .now }
    }
}
