private import CLinux
private import Glibc

/// Datagrams on their way to sendmmsg(2), packed one behind the other.
///
/// Datagrams of one length to one receiver that follow each other become one message with a UDP_SEGMENT control message,
/// which the kernel cuts again at the last moment (udp(7)): the way to it is gone once instead of dozens of times.
@safe package final class SendVector {
    /// The most that the kernel cuts out of one message: UDP_MAX_SEGMENTS of the kernels before 6.9.
    private static let maximumSegments = 64
    /// What fits an IPv4 packet with its header and UDP's.
    private static let maximumMessage = 65507
    private static let controlRoom = 64

    private struct Message {
        var start: Int
        var length: Int
        /// The first datagram's length, which all but the last have.
        var segment: Int
        var datagrams: Int
        /// A place in `receivers`; nil is the peer of a connected socket.
        var receiver: Int?
        var source: IPAddress?
        /// A shorter datagram ends the run.
        var isOpen: Bool
    }

    private let capacity: Int
    private var room: Int
    private var bytes: UnsafeMutableRawPointer
    private var filled = 0
    private var messages: [Message] = []
    private var next = 0
    private var addresses: [SocketAddress] = []
    private let headers: UnsafeMutablePointer<sk_mmsghdr>
    private let pieces: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_storage>
    private let controls: UnsafeMutableRawPointer
    /// Whether runs are left to the kernel to cut.
    package var segments: Bool

    package init(capacity: Int = 64, room: Int = 512 << 10, segments: Bool) {
        self.capacity = capacity
        self.room = room
        self.segments = segments
        unsafe bytes = .allocate(byteCount: room, alignment: 64)
        unsafe headers = .allocate(capacity: capacity)
        unsafe pieces = .allocate(capacity: capacity)
        unsafe names = .allocate(capacity: capacity)
        unsafe controls = .allocate(byteCount: capacity * Self.controlRoom, alignment: 16)
        unsafe headers.initialize(repeating: sk_mmsghdr(), count: capacity)
        unsafe pieces.initialize(repeating: iovec(), count: capacity)
        unsafe names.initialize(repeating: sockaddr_storage(), count: capacity)
        messages.reserveCapacity(capacity)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe headers.deallocate()
        unsafe pieces.deallocate()
        unsafe names.deallocate()
        unsafe controls.deallocate()
    }

    /// How many bytes are left to send.
    package var byteCount: Int { messages[next...].reduce(0) { $0 + $1.length } }

    /// How many datagrams are left to send.
    package var datagramCount: Int { messages[next...].reduce(0) { $0 + $1.datagrams } }

    /// Nothing is left to send.
    package var isEmpty: Bool { next == messages.count }

    /// The datagram that the next attempt begins with: its length, and whom it goes to.
    package var first: (length: Int, receiver: Int?)? {
        isEmpty ? nil : (messages[next].segment, messages[next].receiver)
    }

    // MARK: - Filling

    /// Makes the receivers known that datagrams may then be sent to, by their places.
    package func setReceivers(_ endpoints: [Endpoint], family: SocketFamily) throws(Errno) {
        var known: [SocketAddress] = []
        for endpoint in endpoints { known.append(try SocketAddress(endpoint, family: family)) }
        addresses = known
    }

    /// Whom a place stands for.
    package func receiver(_ place: Int) -> Endpoint { addresses[place].endpoint }

    package func removeAll() {
        messages.removeAll(keepingCapacity: true)
        filled = 0
        next = 0
    }

    /// Adds a datagram of `count` bytes, which `fill` writes; false if there is no room for it before the others have gone.
    ///
    /// `source` is the address that it is to come from, where that is not the kernel's to choose.
    package func append(
        count: Int, to receiver: Int?, from source: IPAddress? = nil, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Bool {
        if filled + count > room {
            guard messages.isEmpty else { return false }
            unsafe bytes.deallocate()
            room = count
            unsafe bytes = .allocate(byteCount: room, alignment: 64)
        }
        guard joinLast(count, receiver, source) || messages.count < capacity else { return false }
        if !joinsLast {
            messages.append(
                Message(
                    start: filled, length: count, segment: count, datagrams: 1, receiver: receiver, source: source,
                    isOpen: segments && count > 0))
        }
        unsafe fill(UnsafeMutableRawBufferPointer(start: bytes + filled, count: count))
        filled += count
        return true
    }

    /// Whether the last call of `joinLast` found a run to join.
    private var joinsLast = false

    private func joinLast(_ count: Int, _ receiver: Int?, _ source: IPAddress?) -> Bool {
        joinsLast = false
        guard segments, let last = messages.indices.last, last >= next else { return false }
        let run = messages[last]
        guard run.isOpen, count > 0, count <= run.segment, run.datagrams < Self.maximumSegments,
            run.length + count <= Self.maximumMessage, run.receiver == receiver, run.source == source
        else { return false }
        messages[last].length += count
        messages[last].datagrams += 1
        messages[last].isOpen = count == run.segment
        joinsLast = true
        return true
    }

    /// Adds a datagram.
    package func append(_ payload: Span<UInt8>, to receiver: Int?, from source: IPAddress? = nil) -> Bool {
        unsafe append(count: payload.count, to: receiver, from: source) { room in
            unsafe payload.withUnsafeBytes { all in unsafe room.copyMemory(from: all) }
        }
    }

    // MARK: - Sending

    /// Sends what it can; says how many datagrams the kernel took. The corresponding call is sendmmsg(2).
    package func send(_ descriptor: Int32) throws(Errno) -> Attempt<Int> {
        // A run that was taken apart is more messages than there are headers: the rest goes with the next call.
        let count = min(messages.count - next, capacity)
        for index in 0..<count { prepare(index, messages[next + index]) }
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        let outcome = try SystemCall.attempt(
            "sendmmsg", on: descriptor, arguments: "\(descriptor), \(summary), \(count), MSG_DONTWAIT|MSG_NOSIGNAL"
        ) {
            unsafe Int(sendmmsg(descriptor, headers, UInt32(count), flags))
        }
        guard case .done(let taken) = outcome else { return .wouldBlock }
        let datagrams = messages[next..<next + taken].reduce(0) { $0 + $1.datagrams }
        next += taken
        return .done(datagrams)
    }

    /// Leaves the datagram out that the next attempt would begin with, and with it the run that it begins.
    package func dropFirst() -> Int {
        guard !isEmpty else { return 0 }
        next += 1
        return messages[next - 1].datagrams
    }

    /// Makes single datagrams of all runs: the kernel or the path would not have them. False if there were none.
    package func splitRuns() -> Bool {
        segments = false
        let left = messages[next...]
        guard left.contains(where: { $0.datagrams > 1 }) else { return false }
        messages = left.flatMap(singles)
        next = 0
        return true
    }

    /// The bytes of the last datagram of what the last attempt sent; nil if that was nothing.
    package var lastSent: [UInt8]? {
        guard next > 0, let one = singles(of: messages[next - 1]).last else { return nil }
        return copy(one)
    }

    /// The bytes of the datagram that the next attempt begins with.
    package var firstBytes: [UInt8]? { isEmpty ? nil : singles(of: messages[next]).first.map(copy) }

    private func copy(_ one: Message) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: bytes + one.start, count: one.length))
    }

    /// Takes out what is left: the bytes of each datagram.
    package func takeRest() -> [[UInt8]] {
        defer { removeAll() }
        return messages[next...].flatMap(singles).map(copy)
    }

    private func singles(of run: Message) -> [Message] {
        (0..<run.datagrams).map { index in
            var single = run
            single.start = run.start + index * run.segment
            single.length = min(run.segment, run.length - index * run.segment)
            (single.segment, single.datagrams, single.isOpen) = (single.length, 1, false)
            return single
        }
    }

    private func prepare(_ index: Int, _ message: Message) {
        unsafe pieces[index] = iovec(iov_base: bytes + message.start, iov_len: message.length)
        unsafe headers[index].pieces = pieces + index
        unsafe headers[index].piece_count = 1
        if let receiver = message.receiver {
            unsafe names[index] = addresses[receiver].raw
            unsafe headers[index].name = UnsafeMutableRawPointer(names + index)
            unsafe headers[index].name_length = addresses[receiver].length
        } else {
            unsafe headers[index].name = nil
            unsafe headers[index].name_length = 0
        }
        let area = unsafe UnsafeMutableRawBufferPointer(
            start: controls + index * Self.controlRoom, count: Self.controlRoom)
        var end = 0
        if message.datagrams > 1 {
            end = unsafe ControlMessages.write(
                Int32(SK_SOL_UDP), Int32(SK_UDP_SEGMENT), UInt16(message.segment), at: end, of: area)
        }
        if let source = message.source { end = unsafe ControlMessages.writeSource(source, at: end, of: area) }
        unsafe headers[index].control = end > 0 ? area.baseAddress : nil
        unsafe headers[index].control_length = UInt(end)
    }

    private var summary: String {
        let left = messages[next...]
        let shown = left.prefix(4).map { message in
            let target = message.receiver.map { "\(addresses[$0].endpoint), " } ?? ""
            let run = message.datagrams > 1 ? ", UDP_SEGMENT=\(message.segment)" : ""
            return "{\(target)\(message.length) bytes\(run)}"
        }
        return "[" + (shown + (left.count > 4 ? ["... \(left.count) in all"] : [])).joined(separator: ", ") + "]"
    }
}
