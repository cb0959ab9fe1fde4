/// Lets the kernel gather what a socket receives while much comes without a break: fewer turns of the loop, and larger moves.
///
/// Below SO_RCVLOWAT, socket(7), nobody is woken for bytes, and the end wakes always. The last bytes before a break wait for a
/// fraction of a millisecond.
@Netpoller
final class BulkGathering {
    private let socket: PolledDescriptor
    private var isOn = false
    /// Larger moves in a row, and how many are wanted.
    private var large = 0
    private var wanted = 16
    /// Something was moved since the watch last looked.
    private var hasMoved = false
    private var watch: Task<Void, Never>?
    private var isAllowed: Bool?

    /// What the kernel gathers; it takes half of the receive buffer where that is less, tcp(7).
    private static let gathered: Int32 = 1 << 17
    /// Moves of so many bytes each, one after the other, are bulk.
    private static let largeBytes = 1 << 14
    /// Where there are breaks, gathering pays less: more moves are wanted each time, up to so many.
    private static let mostWanted = 128
    /// A break: much of anything comes more often.
    private static let span = Duration.microseconds(250)

    init(_ socket: PolledDescriptor) {
        self.socket = socket
    }

    /// Counts one move out of the socket.
    func note(_ moved: Int) {
        hasMoved = true
        guard !isOn else { return }
        large = moved >= Self.largeBytes ? large + 1 : 0
        if large >= wanted, mayGather(), set(Self.gathered) { begin() }
    }

    /// Nobody moves anything any more.
    func end() {
        watch?.cancel()
        if isOn { isOn = !set(1) }
    }

    private func begin() {
        isOn = true
        watch = Netpoller.spawn { [self] in
            while isOn, !Task.isCancelled {
                hasMoved = false
                await Netpoller.sleep(for: Self.span)
                if !hasMoved, !Task.isCancelled { pause() }
            }
        }
    }

    /// What was gathered so far is read now. Old kernels do not say so by themselves; and as long as the mark can't be taken
    /// back, the watch goes on.
    private func pause() {
        isOn = !set(1)
        large = 0
        wanted = min(2 * wanted, Self.mostWanted)
        socket.wake(.read)
    }

    /// The mark is TCP's alone; one that somebody else has set stays.
    private func mayGather() -> Bool {
        if let isAllowed { return isAllowed }
        let answer = try? socket.withNumber { number throws(Errno) in
            let kind = try SocketOption.protocolNumber.get(from: number)
            guard SocketOption.protocolNumber.valueName(kind) == "IPPROTO_TCP" else { return false }
            return try SocketOption.receiveLowMark.get(from: number) == 1
        }
        isAllowed = answer ?? false
        return isAllowed ?? false
    }

    private func set(_ mark: Int32) -> Bool {
        (try? socket.withNumber { number throws(Errno) in try SocketOption.receiveLowMark.set(mark, on: number) })
            != nil
    }
}
