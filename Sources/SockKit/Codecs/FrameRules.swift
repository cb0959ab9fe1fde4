/// What is done with messages instead of mere bytes, both ways.
public struct FrameRules: Sendable {
    public var framing: Framing
    /// The longest payload, in both directions.
    public var maximum = 1 << 20
    /// Follows each payload in the output.
    public var separator: [UInt8] = [UInt8(ascii: "\n")]
    /// All of the input is one message; otherwise each of its lines is.
    public var sendsWhole = false
    /// Lines end in CR LF on their way out.
    public var sendsCRLF = false

    public init(_ framing: Framing) {
        self.framing = framing
    }
}
