/// Where a request ends, and how one is smuggled (RFC 9112 sections 6 and 11.2).
let framingCorpus: [CorpusRow] = [
    row("a content", "Content-Length: 5", "hello", "POST / | hello"),
    row("no content", "Content-Length: 0", "", "POST /"),
    row("neither length nor coding is no content", "A: b", "", "POST /"),
    row("a length with leading zeros", "Content-Length: 005", "hello", "POST / | hello"),
    row("a length amid spaces", "Content-Length: \t 5 \t", "hello", "POST / | hello"),
    row("a length in odd spelling", "cOnTeNt-LeNgTh:5", "hello", "POST / | hello"),
    row("a content of any bytes", "Content-Length: 6", "\r\n\0\r\n!", "POST / | \r\n\0\r\n!"),
    row("a content of GET", "Content-Length: 2", "ab", "POST / | ab"),
    row("a content cut off", "Content-Length: 5", "hel", "POST / | hel", "cut content: the connection ended inside it"),
    row(
        "a content that has not begun", "Content-Length: 5", "", "POST /", "cut content: the connection ended inside it"
    ),
    row(
        "requests one behind the other", "Content-Length: 5", "helloGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / | hello", "GET /2"),
    row(
        "a request behind one without content", "Content-Length: 0", "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /", "GET /2"),
    row("more content than said", "Content-Length: 5", "hello!\r\n\r\n", "POST / | hello", parts),

    row("a length that is empty", "Content-Length:", "", length),
    row("a length with a sign", "Content-Length: +5", "hello", length),
    row("a negative length", "Content-Length: -5", "hello", length),
    row("a negative nothing", "Content-Length: -0", "", length),
    row("a length in hexadecimal", "Content-Length: 0x5", "hello", length),
    row("a length in octal", "Content-Length: 0o5", "hello", length),
    row("a length with an underscore", "Content-Length: 1_0", "0123456789", length),
    row("a length with a space inside", "Content-Length: 1 0", "0123456789", length),
    row("a length with a fraction", "Content-Length: 5.0", "hello", length),
    row("a length in letters", "Content-Length: five", "hello", length),
    row("a length and a letter", "Content-Length: 5a", "hello", length),
    row("a length beyond 64 bits", "Content-Length: 99999999999999999999", "", tooLarge),
    row("a length that overflows by one", "Content-Length: 9223372036854775808", "", tooLarge),
    row("a length beyond 64 bits and a letter", "Content-Length: 99999999999999999999a", "", length),
    row("a list of equal lengths", "Content-Length: 5, 5", "hello", length),
    row("a list of different lengths", "Content-Length: 5, 6", "hello", length),
    row("a length beyond ASCII", "Content-Length: \u{b2}", "", length),
    row(
        "a length twice", "Content-Length: 5\r\nContent-Length: 5", "hello",
        "400 field line 3: it is a second Content-Length"),
    row(
        "two lengths", "Content-Length: 5\r\ncontent-length: 6", "hello",
        "400 field line 3: it is a second Content-Length"),
    row(
        "a length beyond the limit", "Content-Length: 16777217", "hello", "POST /",
        "413 content: it is longer than the limit of 16777216 bytes"),
    row(
        "the largest length", "Content-Length: 9223372036854775807", "", "POST /",
        "413 content: it is longer than the limit of 16777216 bytes"),

    row("length and coding", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n", both),
    row("coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n", both),
    row("coding and no length", "Transfer-Encoding: chunked\r\nContent-Length: 0", "0\r\n\r\n", both),
    row("an unknown coding and a length", "Transfer-Encoding: x\r\nContent-Length: 5", "hello", both),
    row("a coding that is empty", "Transfer-Encoding:", "0\r\n\r\n", list),
    row(
        "a coding with a space before the colon", "Transfer-Encoding : chunked", "0\r\n\r\n",
        "400 field line 2: a space stands before the colon"),
    row(
        "a coding that is folded", "Transfer-Encoding:\r\n chunked", "0\r\n\r\n",
        "400 field line 3: it begins with a space: folded lines are obsolete"),
    row(
        "a coding behind a vertical tab", "Transfer-Encoding: \u{b}chunked", "",
        "400 field line 2: the control byte 0x0b has no place there"),
    row(
        "a coding before a zero byte", "Transfer-Encoding: chunked\0", "",
        "400 field line 2: the control byte 0x00 has no place there"),
    row("a coding in odd spelling", "tRANSFER-eNCODING: \tChUnKeD ", "0\r\n\r\n", "POST /"),
    row("a coding that looks like chunked", "Transfer-Encoding: xchunked", "", notLast),
    row("a coding that begins like chunked", "Transfer-Encoding: chunked1", "", notLast),
    row("a coding in quotes", "Transfer-Encoding: \"chunked\"", "", list),
    row("identity", "Transfer-Encoding: identity", "", notLast),
    row("gzip alone", "Transfer-Encoding: gzip", "", notLast),
    row("gzip behind chunked", "Transfer-Encoding: chunked, gzip", "", notLast),
    row("gzip before chunked", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n", unknown),
    row("gzip before chunked in two lines", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "", unknown),
    row("chunked before gzip in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "", notLast),
    row("chunked twice", "Transfer-Encoding: chunked, chunked", "", "400 head: chunked is applied more than once"),
    row(
        "chunked twice in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "",
        "400 head: chunked is applied more than once"),
    row("chunked with a parameter", "Transfer-Encoding: chunked;q=1", "", list),
    row("a comma first", "Transfer-Encoding: , chunked", "", list),
    row("a comma last", "Transfer-Encoding: chunked,", "", list),
    row("a coding with a space", "Transfer-Encoding: chunked foo", "", list),
    CorpusRow(
        "a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "400 head: HTTP/1.0 has no Transfer-Encoding"),
    CorpusRow(
        "a content in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", "POST / | ab"),
]

private let parts = "400 request line: it is not a method, a target and a version with one space between them"
private let length = "400 field line 2: the Content-Length is not a decimal number"
private let tooLarge = "413 field line 2: the Content-Length is larger than anything can be"
private let both = "400 head: both Content-Length and Transfer-Encoding are there"
private let notLast = "400 head: the last transfer coding is not chunked"
private let list = "400 head: the Transfer-Encoding is not a list of codings"
private let unknown = "501 head: a transfer coding other than chunked is not spoken here"

private func row(_ name: String, _ lines: String, _ content: String, _ outcome: String...) -> CorpusRow {
    CorpusRow(name, "POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n\r\n" + content, outcome)
}
