/// Answers to GET, good and bad (RFC 9112 sections 4 and 6.3, RFC 9110 section 15).
let responseCorpus: [CorpusRow] = [
    row("a content", "200 OK", "Content-Length: 5", "hello", "200 OK | hello"),
    row("no content", "200 OK", "Content-Length: 0", "", "200 OK"),
    row("a content up to the end", "200 OK", "A: b", "hello", "200 OK | hello"),
    row("an empty content up to the end", "200 OK", "A: b", "", "200 OK"),
    row("chunks", "200 OK", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\nA: b\r\n\r\n", "200 OK | hello + A: b"),
    row("a reason of several words", "404 Not Found", "Content-Length: 0", "", "404 Not Found"),
    row("a reason beyond ASCII", "200 Tr\u{c3}\u{a8}s bien", "Content-Length: 0", "", "200 Tr\u{e8}s bien"),
    row("a reason with a tab", "200 a\tb", "Content-Length: 0", "", "200 a\tb"),
    row("an empty reason", "200 ", "Content-Length: 0", "", "200 "),
    row("a reason without its space", "200", "Content-Length: 0", "", "200 "),
    row("a status nobody knows", "799 What", "Content-Length: 0", "", "799 What"),
    row("no content of 204", "204 No Content", "A: b", "", "204 No Content"),
    row("a 204 that says it has content", "204 No Content", "Content-Length: 5", "", "204 No Content"),
    row("a 304 that says how much there would be", "304 Not Modified", "Content-Length: 5", "", "304 Not Modified"),
    row("a 304 in chunks", "304 Not Modified", "Transfer-Encoding: chunked", "", "304 Not Modified"),
    CorpusRow("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello", "200 OK | hello"),
    CorpusRow("a minor version above ours", "HTTP/1.7 200 OK\r\nContent-Length: 1\r\n\r\nx", "200 OK | x"),
    CorpusRow(
        "an interim answer first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "100 Continue", "200 OK | x"),
    CorpusRow(
        "many interim answers first",
        String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", count: 20)
            + "HTTP/1.1 204 No Content\r\n\r\n",
        Array(repeating: "103 Early Hints", count: 20) + ["204 No Content"]),
    CorpusRow(
        "answers one behind the other",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "200 OK | a", "404 No"),
    CorpusRow(
        "another protocol behind 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\0\u{1}\u{2}",
        "101 Switching Protocols"),
    row(
        "both length and coding: the coding counts", "200 OK", "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "5\r\nhello\r\n0\r\n\r\n", "200 OK | hello"),
    CorpusRow("nothing at all", ""),

    row(
        "a length twice", "200 OK", "Content-Length: 5\r\nContent-Length: 5", "hello",
        "502 field line 2: it is a second Content-Length"),
    row("a list of equal lengths", "200 OK", "Content-Length: 5, 5", "hello", length),
    row("a negative length", "200 OK", "Content-Length: -1", "", length),
    row("a length that is empty", "200 OK", "Content-Length:", "", length),
    row("a bad length of 304", "304 Not Modified", "Content-Length: x", "", length),
    row("gzip alone", "200 OK", "Transfer-Encoding: gzip", "x", unknown),
    row("gzip before chunked", "200 OK", "Transfer-Encoding: gzip, chunked", "x", unknown),
    row(
        "chunked twice", "200 OK", "Transfer-Encoding: chunked, chunked", "",
        "502 head: chunked is applied more than once"),
    row(
        "a bad list of codings", "200 OK", "Transfer-Encoding: ,", "",
        "502 head: the Transfer-Encoding is not a list of codings"),
    CorpusRow(
        "chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "502 head: HTTP/1.0 has no Transfer-Encoding"),
    row(
        "a content cut off", "200 OK", "Content-Length: 5", "hel", "200 OK | hel",
        "cut content: the connection ended inside it"),
    row(
        "chunks cut off", "200 OK", "Transfer-Encoding: chunked", "5\r\nhel", "200 OK | hel",
        "cut chunk 1: the connection ended inside it"),
    row(
        "a bad chunk", "200 OK", "Transfer-Encoding: chunked", "xyz\r\n", "200 OK",
        "502 chunk 1: its size is not a hexadecimal number"),
    row(
        "a trailer that smuggles", "200 OK", "Transfer-Encoding: chunked", "0\r\nContent-Length: 5\r\n\r\n", "200 OK",
        "502 trailer line 1: this field has no place in a trailer"),
    CorpusRow("a head cut off", "HTTP/1.1 200 OK\r\nA: b", "cut field line 1: the connection ended inside it"),
    CorpusRow("a status line cut off", "HTTP/1.1 20", "cut status line: the connection ended inside it"),

    row("a status of two digits", "20 OK", "A: b", "", status),
    row("a status of four digits", "2000 OK", "A: b", "", status),
    row("a status of letters", "abc OK", "A: b", "", status),
    row("a status with a sign", "+20 OK", "A: b", "", status),
    row("no status", "", "A: b", "", status),
    row("two spaces before the status", " 200 OK", "A: b", "", status),
    row(
        "a control byte in the reason", "200 O\u{1}K", "A: b", "",
        "502 status line: the control byte 0x01 has no place there"),
    CorpusRow("an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", version),
    CorpusRow("HTTP/0.9", "<html>hello</html>\r\n", version),
    CorpusRow("another protocol", "ICY 200 OK\r\n\r\n", version),
    CorpusRow("the greeting of a mail server", "220 mail.example.com ESMTP\r\n", version),
    CorpusRow("a version in lower case", "http/1.1 200 OK\r\n\r\n", version),
    CorpusRow("a version of two digits", "HTTP/1.10 200 OK\r\n\r\n", status),
    CorpusRow("HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "502 status line: the major version 2 is not spoken here"),
    CorpusRow("a version without status", "HTTP/1.1\r\n\r\n", status),
    CorpusRow(
        "a status line ended by a line feed", "HTTP/1.1 200 OK\nA: b\r\n\r\n",
        "502 status line: a line feed stands without its carriage return"),
    row(
        "a folded line", "200 OK", "A: b\r\n c", "",
        "502 field line 2: it begins with a space: folded lines are obsolete"),
    row("a space before the colon", "200 OK", "A : b", "", "502 field line 1: a space stands before the colon"),
    row(
        "a bare carriage return in a value", "200 OK", "A: b\rSet-Cookie: c", "",
        "502 field line 1: a carriage return stands without its line feed"),
    row("a zero byte in a value", "200 OK", "A: \0", "", "502 field line 1: the control byte 0x00 has no place there"),
]

private let length = "502 field line 1: the Content-Length is not a decimal number"
private let unknown = "502 head: a transfer coding other than chunked is not spoken here"
private let status = "502 status line: the status is not three digits"
private let version = "502 status line: the version is not HTTP/, a digit, a dot and a digit"

private func row(_ name: String, _ line: String, _ lines: String, _ content: String, _ outcome: String...) -> CorpusRow
{
    CorpusRow(name, "HTTP/1.1 " + line + "\r\n" + lines + "\r\n\r\n" + content, outcome)
}
