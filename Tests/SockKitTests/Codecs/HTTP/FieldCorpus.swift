/// Field lines and Host, good and bad (RFC 9112 sections 3.2 and 5, RFC 9110 section 5).
let fieldCorpus: [CorpusRow] = [
    row("a value without a space", "A:b", "GET /"),
    row("a value amid spaces and tabs", "A: \t b \t ", "GET /"),
    row("an empty value", "A:", "GET /"),
    row("a value of spaces", "A:    ", "GET /"),
    row("a value with a tab inside", "A: b\tc", "GET /"),
    row("a value with a colon", "A: b:c", "GET /"),
    row("a value beyond ASCII", "A: caf\u{e9}", "GET /"),
    row("a name of all that a token may hold", "!#$%&'*+-.^_`|~09azAZ: b", "GET /"),
    row("a name of one letter and a long value", "A: " + String(repeating: "b", count: 1000), "GET /"),
    row("the same name twice", "A: b\r\na: c", "GET /"),
    row("a name that a program may take for another", "Content_Length: 5", "GET /"),

    row("a space before the colon", "A : b", "400 field line 2: a space stands before the colon"),
    row("a tab before the colon", "A\t: b", "400 field line 2: a space stands before the colon"),
    row("no colon", "A b", "400 field line 2: it has no colon"),
    row("no colon in one word", "A", "400 field line 2: it has no colon"),
    row("no name", ": b", "400 field line 2: it has no name"),
    row("a name with a space in it", "A b: c", "400 field line 2: the byte 0x20 has no place in a name"),
    row("a name with brackets", "A[0]: b", "400 field line 2: the byte 0x5b has no place in a name"),
    row("a name with a slash", "A/b: c", "400 field line 2: the byte 0x2f has no place in a name"),
    row("a name in quotes", "\"A\": b", "400 field line 2: the byte 0x22 has no place in a name"),
    row("a name beyond ASCII", "T\u{c3}\u{ab}st: b", "400 field line 2: the byte 0xc3 has no place in a name"),
    row("a zero byte in a name", "A\0: b", "400 field line 2: the control byte 0x00 has no place there"),
    row("a folded line", "A: b\r\n c", "400 field line 3: it begins with a space: folded lines are obsolete"),
    row(
        "a line folded with a tab", "A: b\r\n\tc", "400 field line 3: it begins with a space: folded lines are obsolete"
    ),
    row("a line of one space", " ", "400 field line 2: it begins with a space: folded lines are obsolete"),
    row("a zero byte in a value", "A: b\0c", "400 field line 2: the control byte 0x00 has no place there"),
    row("a bell in a value", "A: \u{7}", "400 field line 2: the control byte 0x07 has no place there"),
    row("a vertical tab in a value", "A: b\u{b}c", "400 field line 2: the control byte 0x0b has no place there"),
    row("a delete in a value", "A: \u{7f}", "400 field line 2: the control byte 0x7f has no place there"),
    row(
        "a bare carriage return in a value", "A: b\rc",
        "400 field line 2: a carriage return stands without its line feed"),
    row(
        "a bare line feed ends a line", "A: b\nC: d", "400 field line 2: a line feed stands without its carriage return"
    ),
    row(
        "two carriage returns end a line", "A: b\r", "400 field line 2: a carriage return stands without its line feed"),
    CorpusRow(
        "a space before the first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "400 field line 1: it begins with a space: folded lines are obsolete"),
    CorpusRow(
        "a bare line feed ends the head", "GET / HTTP/1.1\r\nHost: x\r\n\n",
        "400 field line 2: a line feed stands without its carriage return"),
    CorpusRow(
        "a head cut behind a line", "GET / HTTP/1.1\r\nHost: x\r\n", "cut field line 2: the connection ended inside it"),
    CorpusRow("a head cut in a line", "GET / HTTP/1.1\r\nHost: x", "cut field line 1: the connection ended inside it"),
    CorpusRow(
        "a head cut in its last line end", "GET / HTTP/1.1\r\nHost: x\r\n\r",
        "cut field line 2: the connection ended inside it"),

    host("a host", "example.com", "GET /"),
    host("a host and a port", "example.com:8080", "GET /"),
    host("a host and an empty port", "example.com:", "GET /"),
    host("a host in upper case, with an underscore", "MY_HOST", "GET /"),
    host("an IPv4 address", "127.0.0.1:80", "GET /"),
    host("an IPv6 address", "[::1]", "GET /"),
    host("an IPv6 address and a port", "[2001:db8::1]:8080", "GET /"),
    host("an encoded byte", "a%2Db", "GET /"),
    host("a tilde and a dollar sign", "a~b$", "GET /"),
    host("no host", "", bad),
    host("a port alone", ":80", bad),
    host("a port of letters", "x:http", bad),
    host("a port too large", "x:65536", bad),
    host("a port with a sign", "x:+80", bad),
    host("two ports", "x:80:80", bad),
    host("a user", "me@x", bad),
    host("a path", "x/path", bad),
    host("a URI", "http://x", bad),
    host("a query", "x?q", bad),
    host("two hosts", "x, y", bad),
    host("two hosts without a space", "x,y", bad),
    host("a space inside", "x y", bad),
    host("a host beyond ASCII", "caf\u{e9}", bad),
    host("half an encoded byte", "a%2", bad),
    host("an IPv6 address without brackets", "::1", bad),
    host("brackets without an end", "[::1", bad),
    host("brackets around a name", "[x]", bad),
    host("brackets around nothing", "[]", bad),
    host("an IPv6 address with a zone", "[fe80::1%25eth0]", bad),
    host("letters behind the brackets", "[::1]x", bad),
    CorpusRow("no Host in HTTP/1.1", "GET / HTTP/1.1\r\n\r\n", "400 head: there is no Host"),
    CorpusRow(
        "no Host in HTTP/1.1 with an absolute form", "GET http://x/ HTTP/1.1\r\n\r\n", "400 head: there is no Host"),
    CorpusRow(
        "two equal Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400 field line 2: it is a second Host"),
    CorpusRow(
        "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n", "400 field line 2: it is a second Host"
    ),
    CorpusRow("a bad Host in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x/y\r\n\r\n", bad),
    CorpusRow("another Host than the target's", "GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n", "GET http://x/"),
]

private let bad = "400 field line 1: the Host is not a host and perhaps a port"

private func row(_ name: String, _ line: String, _ outcome: String) -> CorpusRow {
    CorpusRow(name, "GET / HTTP/1.1\r\nHost: x\r\n" + line + "\r\n\r\n", outcome)
}

private func host(_ name: String, _ value: String, _ outcome: String) -> CorpusRow {
    CorpusRow("Host: " + name, "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n", outcome)
}
