extension HTTPURL {
    /// A text that is a URL or was to be one, without what may be a user and a password.
    ///
    /// Of a URL that is what stands before the last `@` of its authority. Of a text that is none nobody knows where
    /// they end: it is all before the last `@`, and where there is none, all that stands in the place of a port and is
    /// no number. `guessing` is as in `init`: a field is never guessed at.
    package static func withoutUser(_ text: String, guessing: Bool = true) -> String {
        let text = marksSeen(text)
        let start = schemeEnd(of: text) ?? text.startIndex
        let end = text.utf8[start...].firstIndex(where: endsAuthority) ?? text.endIndex
        let isURL = (try? HTTPURL(text, guessing: guessing)) != nil
        if let at = text[start..<(isURL ? end : text.endIndex)].lastIndex(of: "@") {
            return "\(text[..<start])(not shown)\(text[at...])"
        }
        guard !isURL, let password = passwordStart(in: text[start..<end]) else { return text }
        return "\(text[..<password])(not shown)"
    }

    /// As `withoutUser`, of a reference as a field `Location` has it: without an authority it names no user.
    package static func withoutUser(ofReference text: String) -> String {
        let text = marksSeen(text)
        if schemeEnd(of: text) != nil { return withoutUser(text) }
        if text.hasPrefix("//") { return String(withoutUser("http:\(text)").dropFirst("http:".count)) }
        return URIReference(text).scheme == nil ? text : withoutUser(text, guessing: false)
    }

    /// The text with no mark in it hidden by a letter that combines with it, where there may be a user.
    private static func marksSeen(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "@")) ? PercentCoding.encodeBeyondASCII(text) : text
    }

    /// Where a password may begin that no host follows: it was taken for a port.
    private static func passwordStart(in authority: Substring) -> String.Index? {
        guard !authority.hasPrefix("["), IPAddress(String(authority)) == nil,
            let colon = authority.utf8.firstIndex(of: UInt8(ascii: ":")), colon > authority.startIndex
        else { return nil }
        let start = authority.utf8.index(after: colon)
        // A port that is too large is worth seeing.
        let isNumber = authority[start...].utf8.allSatisfy { Int(decimal: $0) != nil }
        return isNumber && authority[start...].utf8.count < 6 ? nil : start
    }
}
