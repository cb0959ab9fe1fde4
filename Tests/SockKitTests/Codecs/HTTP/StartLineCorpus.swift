/// Request lines, good and bad (RFC 9112 sections 2.2, 2.3 and 3).
let startLineCorpus: [CorpusRow] = [
    row("the plainest request", "GET / HTTP/1.1", "GET /"),
    row("a path and a query", "GET /a/b;c=d?e=f&g=%20 HTTP/1.1", "GET /a/b;c=d?e=f&g=%20"),
    row("a method nobody knows", "BREW /pot HTTP/1.1", "BREW /pot"),
    row("a method in lower case is another method", "get / HTTP/1.1", "get /"),
    row("a method of all that a token may hold", "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1", "!#$%&'*+-.^_`|~09azAZ /"),
    row("an absolute form", "GET http://x/path?q HTTP/1.1", "GET http://x/path?q"),
    row("an absolute form without a path", "GET http://x HTTP/1.1", "GET http://x"),
    row("an absolute form with a port", "GET HTTP://x:8080?q HTTP/1.1", "GET HTTP://x:8080?q"),
    row("an absolute form with an IPv6 address", "GET http://[::1]:80/ HTTP/1.1", "GET http://[::1]:80/"),
    row("an authority form for CONNECT", "CONNECT example.com:443 HTTP/1.1", "CONNECT example.com:443"),
    row("CONNECT to an IPv6 address", "CONNECT [2001:db8::1]:443 HTTP/1.1", "CONNECT [2001:db8::1]:443"),
    row("an asterisk for OPTIONS", "OPTIONS * HTTP/1.1", "OPTIONS *"),
    row("OPTIONS of a path", "OPTIONS /x HTTP/1.1", "OPTIONS /x"),
    row("a path of two slashes", "GET //evil.example/ HTTP/1.1", "GET //evil.example/"),
    row("bytes that are in no URI but in many requests", "GET /a|b{c}[d]\"e\"^ HTTP/1.1", "GET /a|b{c}[d]\"e\"^"),
    row("a minor version above ours is taken as ours", "GET / HTTP/1.2", "GET /"),
    row("the highest minor version", "GET / HTTP/1.9", "GET /"),

    CorpusRow("HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", "GET /"),
    CorpusRow("an empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /"),
    CorpusRow("four empty lines first", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /"),
    CorpusRow(
        "five empty lines first", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "400 request line: more than 4 empty lines came before it"),
    CorpusRow("empty lines and nothing else", "\r\n\r\n"),
    CorpusRow("nothing at all", ""),
    CorpusRow(
        "a bare line feed first", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "400 request line: a line feed stands without its carriage return"),
    CorpusRow(
        "an empty line between requests",
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /1", "GET /2"),

    row("a space first", " GET / HTTP/1.1", "400 request line: the method is not a token"),
    row("two spaces behind the method", "GET  / HTTP/1.1", parts),
    row("two spaces before the version", "GET /  HTTP/1.1", parts),
    row("a space at the end", "GET / HTTP/1.1 ", parts),
    row("a tab behind the method", "GET\t/ HTTP/1.1", "400 request line: the method is not a token"),
    row("a tab before the version", "GET /\tHTTP/1.1", "400 request line: the target is no URI"),
    row("a space in the target", "GET /a b HTTP/1.1", parts),
    row("no target", "GET HTTP/1.1", parts),
    row("no method", "/ HTTP/1.1", "400 request line: the method is not a token"),
    row("a method alone", "GET", parts),
    row("HTTP/0.9", "GET /", parts),
    row("spaces alone", "   ", "400 request line: the method is not a token"),
    row("a method with a parenthesis", "G(T / HTTP/1.1", "400 request line: the method is not a token"),
    row("a method with a colon", "GET: / HTTP/1.1", "400 request line: the method is not a token"),
    row("a method beyond ASCII", "G\u{c9}T / HTTP/1.1", "400 request line: the method is not a token"),

    row("a fragment", "GET /a#b HTTP/1.1", "400 request line: the target has a fragment, which is the client's own"),
    row("a target beyond ASCII", "GET /caf\u{c3}\u{a9} HTTP/1.1", "400 request line: the target is no URI"),
    row("an overlong slash in UTF-8", "GET /\u{c0}\u{af} HTTP/1.1", "400 request line: the target is no URI"),
    row(
        "a zero byte in the target", "GET /a\0b HTTP/1.1", "400 request line: the control byte 0x00 has no place there"),
    row(
        "an escape in the target", "GET /\u{1b}[2J HTTP/1.1",
        "400 request line: the control byte 0x1b has no place there"),
    row("a delete in the target", "GET /\u{7f} HTTP/1.1", "400 request line: the control byte 0x7f has no place there"),
    row("a target without a slash", "GET index.html HTTP/1.1", neither),
    row("an authority for GET", "GET example.com:80 HTTP/1.1", neither),
    row("a query alone", "GET ?a HTTP/1.1", neither),
    row("a scheme that is none", "GET 1http://x/ HTTP/1.1", neither),
    row("a URI without an authority", "GET mailto:a HTTP/1.1", neither),
    row("an asterisk for GET", "GET * HTTP/1.1", "400 request line: the target * is for OPTIONS alone"),
    row("an asterisk and more", "OPTIONS *x HTTP/1.1", neither),
    row("a user in an absolute form", "GET http://me@x/ HTTP/1.1", "400 request line: the target names a user"),
    row("an absolute form without a host", "GET http:///x HTTP/1.1", "400 request line: the target is no URI"),
    row("an absolute form with a bad port", "GET http://x:99999/ HTTP/1.1", "400 request line: the target is no URI"),
    row("CONNECT to a path", "CONNECT / HTTP/1.1", connect),
    row("CONNECT without a port", "CONNECT example.com HTTP/1.1", connect),
    row("CONNECT with an empty port", "CONNECT example.com: HTTP/1.1", connect),
    row("CONNECT with a user", "CONNECT me@example.com:443 HTTP/1.1", connect),
    row("CONNECT to a URI", "CONNECT http://example.com:443 HTTP/1.1", connect),

    row("HTTP/2.0", "GET / HTTP/2.0", "505 request line: the major version 2 is not spoken here"),
    row("HTTP/0.9 in words", "GET / HTTP/0.9", "505 request line: the major version 0 is not spoken here"),
    CorpusRow(
        "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "505 request line: the major version 2 is not spoken here"),
    row("a version in lower case", "GET / http/1.1", version),
    row("a version of two digits", "GET / HTTP/1.10", version),
    row("a version with leading zeros", "GET / HTTP/01.01", version),
    row("a version without a minor", "GET / HTTP/1", version),
    row("a version with a comma", "GET / HTTP/1,1", version),
    row("a version with a sign", "GET / HTTP/+1.1", version),
    row("a version with a space", "GET / HTTP/ 1.1", parts),
    row("another protocol", "GET / ICY/1.1", version),
    row("a version and more", "GET / HTTP/1.1x", version),

    CorpusRow(
        "a carriage return alone ends the line", "GET / HTTP/1.1\rHost: x\r\n\r\n",
        "400 request line: a carriage return stands without its line feed"),
    CorpusRow(
        "a line feed alone ends the line", "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "400 request line: a line feed stands without its carriage return"),
    CorpusRow(
        "two carriage returns", "GET / HTTP/1.1\r\r\nHost: x\r\n\r\n",
        "400 request line: a carriage return stands without its line feed"),
    CorpusRow(
        "a TLS handshake", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0",
        "400 request line: these are the bytes of a TLS handshake, and plain HTTP is spoken here"),
    CorpusRow("random bytes", "\u{80}\u{ff}\u{3}\u{12}", "400 request line: the control byte 0x03 has no place there"),
    CorpusRow("a request line cut off", "GET / HT", "cut request line: the connection ended inside it"),
    CorpusRow(
        "a request line cut before its line feed", "GET / HTTP/1.1\r",
        "cut request line: the connection ended inside it"),
    CorpusRow("an empty line cut in two", "\r", "cut request line: the connection ended inside it"),
]

private let parts = "400 request line: it is not a method, a target and a version with one space between them"
private let neither = "400 request line: the target is neither a path nor a URI with its scheme"
private let connect = "400 request line: the target of CONNECT is not a host and a port"
private let version = "400 request line: the version is not HTTP/, a digit, a dot and a digit"

private func row(_ name: String, _ line: String, _ outcome: String) -> CorpusRow {
    CorpusRow(name, line + "\r\nHost: x\r\n\r\n", outcome)
}
