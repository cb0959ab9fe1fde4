/// What may be done with the bytes that a relay moves, and who is told of them.
///
/// Without `sees` and `converts` the bytes need not pass through this process at all, and where the kernel can move
/// them they do not.
public struct RelayTap: Sendable {
    public typealias Look = @Netpoller @Sendable (Span<UInt8>) -> Void

    /// Shown the bytes that came, before they are written to the output.
    public var seesReceived: Look?
    /// Shown the bytes that went, after the kernel took them.
    public var seesSent: Look?
    /// Turns input into what is sent.
    public var converts: (@Netpoller @Sendable (Span<UInt8>) -> [UInt8])?
    /// Told how many bytes one read of the connection gave, or one write to it took.
    public var counts: (@Netpoller @Sendable (RelayDirection, Int) -> Void)?
    /// Asked whether to go on after a read that timed out; without it, or where it says no, that is the end.
    public var goesOn: (@Netpoller @Sendable (NetworkError) -> Bool)?
    /// Told which of several readers it was, from 1, before its bytes are counted and shown.
    public var reads: (@Netpoller @Sendable (Int) -> Void)?

    /// Told of a message that was longer than what was read of it: how many bytes came, of how many.
    public var cuts: (@Netpoller @Sendable (Int, Int) -> Void)?

    /// Told of each whole message that came: its number, counted from 1, and how long its payload was.
    public var seesMessage: (@Netpoller @Sendable (Int, Int) -> Void)?
    /// Shown the payloads and separators of messages, before they are written to the output.
    public var seesPayloads: Look?

    public init() {}
}

public enum RelayDirection: Sendable, Hashable {
    case received, sent
}
