/// The protocols of ALPN (RFC 7301) as they go over the wire: each with its length before it.
@safe final class ProtocolList: Sendable {
    let wire: [UInt8]

    /// Names of 1 to 255 bytes.
    init(_ names: [String]) {
        wire = names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    /// The first of this side's protocols that the other one offers, as where it stands in the offer.
    func choice(from offer: UnsafeRawBufferPointer) -> Range<Int>? {
        let offered = unsafe Array(offer)
        for own in Self.parts(of: wire) {
            for range in Self.parts(of: offered) where offered[range].elementsEqual(wire[own]) { return range }
        }
        return nil
    }

    private static func parts(of wire: [UInt8]) -> [Range<Int>] {
        var (parts, place): ([Range<Int>], Int) = ([], 0)
        while place < wire.count {
            let end = place + 1 + Int(wire[place])
            guard end <= wire.count else { break }
            parts.append(place + 1..<end)
            place = end
        }
        return parts
    }

    static let choose:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, chosen, length, offer, count, list in
            // SSL_TLSEXT_ERR_OK, and SSL_TLSEXT_ERR_ALERT_FATAL: no_application_protocol.
            let (taken, refused): (Int32, Int32) = (0, 2)
            guard let list = unsafe list, let offer = unsafe offer else { return refused }
            let own = unsafe Unmanaged<ProtocolList>.fromOpaque(list).takeUnretainedValue()
            let bytes = unsafe UnsafeRawBufferPointer(start: offer, count: Int(count))
            guard let range = unsafe own.choice(from: bytes) else { return refused }
            unsafe chosen?.pointee = offer + range.lowerBound
            unsafe length?.pointee = UInt8(range.count)
            return taken
        }
}
