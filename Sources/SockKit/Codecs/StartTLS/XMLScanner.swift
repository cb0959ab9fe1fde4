/// Finds the elements of a stream of XML, however it was cut, as far as XMPP has them: no comments, no declarations but
/// the first, no CDATA; what stands for a character in text stays as it is.
struct XMLScanner: Sendable {
    /// What a byte completes.
    enum Event: Sendable, Hashable {
        /// An element begins; one that is empty ends with that, and no event of its own.
        case opened(XMLElement, isEmpty: Bool)
        case closed(XMLElement)
        /// A byte between two tags.
        case text(UInt8)
    }

    /// Why bytes are no such stream.
    struct Fault: Error, Sendable, Hashable {
        let text: String
        var isLimit = false
    }

    private static let (longestTag, deepest) = (2 << 10, 32)

    /// An element that has begun and not ended.
    private struct Open {
        let name: String
        let element: XMLElement
        let namespaces: [String: String]
    }

    private var stack: [Open] = []
    private var tag: [UInt8] = []
    private var isInTag = false
    /// What ends the value that a tag is in.
    private var quote: UInt8?

    init() {}

    mutating func take(_ byte: UInt8) throws(Fault) -> Event? {
        guard isInTag else { return try takeText(byte) }
        if byte == UInt8(ascii: "<") { throw Fault(text: "a '<' stands in a tag") }
        if byte == UInt8(ascii: "!"), tag.isEmpty {
            throw Fault(text: "it has a comment, a declaration or CDATA, which are not read here")
        }
        if byte == quote {
            quote = nil
        } else if quote == nil {
            if byte == UInt8(ascii: ">") { return try endTag() }
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { quote = byte }
        }
        guard tag.count < Self.longestTag else {
            throw Fault(text: "a tag has no end within \(Self.longestTag) bytes", isLimit: true)
        }
        tag.append(byte)
        return nil
    }

    private mutating func takeText(_ byte: UInt8) throws(Fault) -> Event? {
        if byte == UInt8(ascii: "<") {
            isInTag = true
            return nil
        }
        guard !stack.isEmpty || byte.isBlank else {
            throw Fault(text: "the byte \(byte) stands outside of all elements")
        }
        return .text(byte)
    }

    private mutating func endTag() throws(Fault) -> Event? {
        var whole: [UInt8] = []
        swap(&whole, &tag)
        isInTag = false
        switch whole.first {
        case UInt8(ascii: "?"):
            guard stack.isEmpty else { throw Fault(text: "an XML declaration stands in an element") }
            return nil
        case UInt8(ascii: "/"):
            let tag = try XMLTag(whole.dropFirst())
            guard let last = stack.popLast(), last.name == tag.name else {
                throw Fault(text: "'<\(PeerWords(whole))>' ends no element that is open")
            }
            return .closed(last.element)
        default: return try begin(try XMLTag(whole[...]))
        }
    }

    private mutating func begin(_ tag: XMLTag) throws(Fault) -> Event {
        let (prefix, local) = Self.parts(tag.name)
        let namespaces = tag.namespaces
        let around = stack.last { $0.namespaces[prefix] != nil }?.namespaces[prefix]
        let element = XMLElement(
            namespace: namespaces[prefix] ?? around ?? "", name: local, attributes: tag.attributes, depth: stack.count)
        guard !tag.isEmpty else { return .opened(element, isEmpty: true) }
        guard stack.count < Self.deepest else {
            throw Fault(text: "more than \(Self.deepest) elements stand in each other", isLimit: true)
        }
        stack.append(Open(name: tag.name, element: element, namespaces: namespaces))
        return .opened(element, isEmpty: false)
    }

    /// What stands before the colon of a name, and behind it.
    private static func parts(_ name: String) -> (prefix: String, local: String) {
        guard let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else { return ("", name) }
        return (String(name[..<colon]), String(name[name.utf8.index(after: colon)...]))
    }
}

/// An element of XML: where its name is from, and how deep it stands.
struct XMLElement: Sendable, Hashable {
    let namespace: String
    /// Without its prefix.
    let name: String
    let attributes: [String: String]
    /// How many elements stand around it.
    let depth: Int
}

extension UInt8 {
    /// What XML takes for a space.
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0a || self == 0x0d }
}
