/// Has the kernel gather what a socket receives while much comes without a break: fewer turns of the loop, and larger moves.
///
/// Below SO_RCVLOWAT, socket(7), nobody is woken for bytes; an end or a failure wakes always. The last bytes before a break
/// wait for one or two spans of the watch.
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

    /// What the kernel gathers. It takes half of a receive buffer that was asked for where that is less, and makes any other
    /// large enough.
    private static let gathered = 1 << 17
    /// Moves of so many bytes each, one after the other, are bulk.
    private static let largeBytes = 1 << 14
    /// Where there are breaks, gathering pays less: more moves are wanted each time, up to so many.
    private static let mostWanted = 128
    /// Whoever sends in bulk is never silent for so long.
    private static let span = Duration.microseconds(250)

    init(_ socket: PolledDescriptor) {
        self.socket = socket
    }

    /// Counts one move out of the socket; `left` is how many bytes are still wanted.
    func note(_ moved: Int, left: Int) {
        hasMoved = true
        // The mark would not be reached any more.
        if left < Self.gathered { return end() }
        guard !isOn else { return }
        large = moved >= Self.largeBytes ? large + 1 : 0
        if large >= wanted, mayGather(), set(Int32(Self.gathered)) { begin() }
    }

    /// Nobody moves anything any more. Where the mark can't be taken back, the watch goes on until it can.
    func end() {
        if isOn { pause() }
        if !isOn { watch?.cancel() }
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

    /// What was gathered so far is read now. The kernel says so by itself only since Linux 4.18.
    private func pause() {
        isOn = !set(1) && !socket.isClosed
        large = 0
        wanted = min(2 * wanted, Self.mostWanted)
        socket.wake(.read)
    }

    /// The mark is TCP's alone; one that somebody else has set stays, and nobody else is to find ours.
    private func mayGather() -> Bool {
        // Bytes below the mark would be silence to a limit that comes up in the moment before the watch does.
        guard socket[timeout: .read] == nil, socket[deadline: .read] == nil else { return false }
        if let isAllowed { return isAllowed }
        let answer = try? socket.withNumber { number throws(Errno) in
            let kind = try SocketOption.protocolNumber.get(from: number)
            guard SocketOption.protocolNumber.valueName(kind) == "IPPROTO_TCP" else { return false }
            return try SocketOption.receiveLowMark.get(from: number) == 1
        }
        let allowed = !socket.sharesFile && answer == true
        isAllowed = allowed
        return allowed
    }

    private func set(_ mark: Int32) -> Bool {
        (try? socket.withNumber { number throws(Errno) in try SocketOption.receiveLowMark.set(mark, on: number) })
            != nil
    }
}
