import SockKit

/// What a receiver of datagrams sends back.
enum DatagramReply: Equatable, Sendable {
    /// What came.
    case echo
    case text([UInt8])
}

extension ValueType where Value == DatagramReply {
    /// Text, or the word `echo`.
    static var reply: Self {
        Self(placeholder: "TEXT|echo", completion: .words(["echo"])) { (word: Word) throws(UsageError) in
            word == "echo" ? .echo : .text(try EscapedText.bytes(word))
        } show: { reply in
            switch reply {
            case .echo: "echo"
            case .text(let bytes): TextEscapes.show(bytes)
            }
        }
    }
}
