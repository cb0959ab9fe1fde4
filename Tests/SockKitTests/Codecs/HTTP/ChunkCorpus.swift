/// Chunks, their extensions and trailers (RFC 9112 section 7.1).
let chunkCorpus: [CorpusRow] = [
    row("one chunk", "5\r\nhello\r\n0\r\n\r\n", "POST / | hello"),
    row("three chunks", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "POST / | abcdef"),
    row("no chunk", "0\r\n\r\n", "POST /"),
    row("sizes in either case", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "POST / | 01234567890123456789"),
    row("a size with leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "POST / | hello"),
    row("line ends in the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "POST / | \r\n\r\n"),
    row("a request behind the last chunk", "0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n", "POST /", "GET /2"),
    row("an extension", "5;a\r\nhello\r\n0\r\n\r\n", "POST / | hello"),
    row("an extension with a value", "5;a=b\r\nhello\r\n0;c=d\r\n\r\n", "POST / | hello"),
    row("an extension in quotes", "5;a=\"b;\\\"c\\\"\t\u{e9}\"\r\nhello\r\n0\r\n\r\n", "POST / | hello"),
    row("several extensions amid spaces", "5 ; a = b ;c\t;d=\"e\" ; f\r\nhello\r\n0\r\n\r\n", "POST / | hello"),
    row("a trailer", "0\r\nA: b\r\n\r\n", "POST / + A: b"),
    row("trailers", "1\r\nx\r\n0\r\nA: b\r\nA: c\r\n\r\n", "POST / | x + A: b + A: c"),

    row("a size that is empty", "\r\nhello\r\n", size),
    row("a size with a sign", "+5\r\nhello\r\n0\r\n\r\n", size),
    row("a negative size", "-5\r\nhello\r\n0\r\n\r\n", size),
    row("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", size),
    row("a size with an underscore", "1_0\r\nhello\r\n0\r\n\r\n", size),
    row("a size behind a space", " 5\r\nhello\r\n0\r\n\r\n", size),
    row("a size before a space", "5 \r\nhello\r\n0\r\n\r\n", size),
    row("a size before a tab", "5\t\r\nhello\r\n0\r\n\r\n", size),
    row("a size with a space inside", "1 0\r\nhello\r\n0\r\n\r\n", size),
    row("a size with a letter that is no digit", "5g\r\nhello\r\n0\r\n\r\n", size),
    row("a size with a comma", "5,5\r\nhello\r\n0\r\n\r\n", size),
    row("a size of 16 digits", "8000000000000000\r\n", "POST /", "400 chunk 1: its size is beyond any number"),
    row("a size of 17 digits", "FFFFFFFFFFFFFFFF0\r\n", "POST /", "400 chunk 1: its size is beyond any number"),
    row("17 zeros", "00000000000000000\r\n\r\n", "POST /", "400 chunk 1: its size is beyond any number"),
    row("a size beyond the limit", "7FFFFFFFFFFFFFFF\r\n", "POST /", limit(1)),
    row("sizes that are beyond the limit together", "5\r\nhello\r\nFFFFFC\r\n", "POST / | hello", limit(2)),
    row(
        "sizes that overflow together", "5\r\nhello\r\n7FFFFFFFFFFFFFFF\r\n", "POST / | hello",
        "400 chunk 2: its size is beyond any number"),
    row("a zero byte behind a size", "5\0\r\nhello\r\n0\r\n\r\n", size),
    row("a size ended by a line feed", "5\nhello\r\n0\r\n\r\n", "POST /", feed),
    row("a size ended by a carriage return", "5\rhello\r\n0\r\n\r\n", "POST /", carriage),
    row("a line feed alone for a size", "\n5\r\nhello\r\n", "POST /", feed),

    row("a semicolon alone", "5;\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("two semicolons", "5;;a\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension without a name", "5;=b\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension without a value", "5;a=\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension with a bad name", "5;a[=b\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension of two words", "5;a b\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension before a space", "5;a \r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension whose quotes do not end", "5;a=\"b\r\nhello\r\n0\r\n\r\n", "POST /", carriage),
    row("letters behind the quotes", "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n", "POST /", ext),
    row("an extension ended by a line feed", "5;a\nhello\r\n0\r\n\r\n", "POST /", feed),
    row("a line feed in quotes", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "POST /", feed),
    row("a carriage return in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n", "POST /", carriage),
    row(
        "a zero byte in an extension", "5;a\0\r\nhello\r\n", "POST /",
        "400 chunk 1: the control byte 0x00 has no place there"),
    row(
        "an extension without end", "5;" + String(repeating: "a", count: 5000), "POST /",
        "400 chunk 1: the extensions are longer than the limit of 4096 bytes"),
    row(
        "a small extension at each of many chunks",
        String(repeating: "1;" + String(repeating: "a", count: 99) + "\r\nx\r\n", count: 50),
        "POST / | " + String(repeating: "x", count: 41),
        "400 chunk 42: the extensions are longer than the limit of 4096 bytes"),

    row("more data than said", "5\r\nhello!!\r\n0\r\n\r\n", "POST / | hello", crlf),
    row("data ended by a line feed", "5\r\nhello\n0\r\n\r\n", "POST / | hello", crlf),
    row("data ended by a carriage return", "5\r\nhello\r0\r\n\r\n", "POST / | hello", crlf),
    row("data without an end", "5\r\nhello0\r\n\r\n", "POST / | hello", crlf),
    row("a last chunk cut off", "0\r\n", "POST /", "cut trailer line 1: the connection ended inside it"),
    row("data cut off", "5\r\nhel", "POST / | hel", "cut chunk 1: the connection ended inside it"),
    row("chunks without a last", "5\r\nhello\r\n", "POST / | hello", "cut chunk 2: the connection ended inside it"),

    trailer("a length", "Content-Length: 5", forbidden),
    trailer("a coding", "transfer-encoding: chunked", forbidden),
    trailer("a Host", "HOST: y", forbidden),
    trailer("an authorization", "Authorization: Basic x", forbidden),
    trailer("a content type", "Content-Type: text/html", forbidden),
    trailer("a connection option", "Connection: close", forbidden),
    trailer("an expectation", "Expect: 100-continue", forbidden),
    trailer("a cookie", "Cookie: a=b", forbidden),
    trailer("a space before the colon", "A : b", "400 trailer line 1: a space stands before the colon"),
    trailer("a folded line", "A: b\r\n c", "400 trailer line 2: it begins with a space: folded lines are obsolete"),
    trailer("a bare line feed", "A: b\nC: d", "400 trailer line 1: a line feed stands without its carriage return"),
    trailer("no colon", "GET / HTTP/1.1", "400 trailer line 1: it has no colon"),
    trailer(
        "too long", String(repeating: "A: " + String(repeating: "b", count: 1000) + "\r\n", count: 17),
        "431 trailer line 17: with it all lines are longer than the limit of 16384 bytes"),
]

private let size = "400 chunk 1: its size is not a hexadecimal number"
private let ext = "400 chunk 1: its extension is not names with values"
private let feed = "400 chunk 1: a line feed stands without its carriage return"
private let carriage = "400 chunk 1: a carriage return stands without its line feed"
private let crlf = "400 chunk 1: no CRLF stands behind its data"
private let forbidden = "400 trailer line 1: this field has no place in a trailer"

private func limit(_ chunk: Int) -> String { "413 chunk \(chunk): it is longer than the limit of 16777216 bytes" }

private func row(_ name: String, _ content: String, _ outcome: String...) -> CorpusRow {
    // A refusal comes behind the head.
    let all = outcome.count == 1 && outcome[0].hasPrefix("400") ? ["POST /"] + outcome : outcome
    return CorpusRow(name, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + content, all)
}

private func trailer(_ name: String, _ line: String, _ outcome: String) -> CorpusRow {
    let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    return CorpusRow("a trailer: " + name, head + "0\r\n" + line + "\r\n\r\n", ["POST /", outcome])
}
