import SockKit
import Testing

@Suite struct ConnectionFieldTests {
    @Test(
        arguments: [
            ([:], .http11, true), ([:], .http10, false), (["Connection": "close"], .http11, false),
            (["Connection": "CLOSE"], .http11, false), (["Connection": "keep-alive"], .http10, true),
            (["Connection": "Keep-Alive"], .http10, true), (["Connection": "keep-alive, close"], .http10, false),
            (["Connection": "upgrade", "connection": "x , close"], .http11, false),
            (["Connection": "closed"], .http11, true),
            (["Connection": "TE, keep-alive"], .http11, true),
        ] as [(Fields, HTTPVersion, Bool)])
    func `a connection is kept if both version and field allow it`(fields: Fields, version: HTTPVersion, isKept: Bool) {
        #expect(fields.keepsConnection(version) == isKept)
    }

    @Test func `an upgrade counts if Connection names it`() {
        #expect((["Connection": "Upgrade", "Upgrade": "a, b/1"] as Fields).upgrades(.http11) == ["a", "b/1"])
        #expect((["Upgrade": "a"] as Fields).upgrades(.http11) == [])
        #expect((["Connection": "Upgrade", "Upgrade": "a"] as Fields).upgrades(.http10) == [])
    }

    @Test func `what is for this connection alone is taken away`() {
        var fields: Fields = ["Host": "x", "Connection": "X-Own, close", "x-own": "1", "TE": "trailers", "Via": "a"]
        fields.removeHopByHop()
        #expect(fields == ["Host": "x", "Via": "a"])
    }

    @Test func `what a message cannot do without is not taken away`() {
        var fields: Fields = ["Connection": "content-length, Host, a, b", "Host": "x", "Content-Length": "5", "A": "1"]
        fields.removeHopByHop()
        #expect(fields == ["Host": "x", "Content-Length": "5"])
    }

    @Test func `an expectation is met, unknown or not there`() throws {
        #expect(try Expectation([:], .http11) == .none)
        #expect(try Expectation(["Expect": "100-Continue"], .http11) == .continue)
        #expect(try Expectation(["Expect": "100-continue"], .http10) == .none)
        for value in ["200-ok", "100-continue, x", "100-continue=1"] {
            do throws(HTTPRefusal) {
                _ = try Expectation(["Expect": value], .http11)
                Issue.record("\(value) was taken")
            } catch {
                #expect(error.status == 417)
            }
        }
    }
}

@Suite struct QualityListTests {
    @Test(arguments: [
        ("gzip", "gzip", true), ("br, gzip;q=0.5", "gzip", true), ("gzip;q=0", "gzip", false), ("*", "gzip", true),
        ("*;q=0", "gzip", false), ("gzip, *;q=0", "gzip", true), ("*, gzip;q=0", "gzip", false), ("br", "gzip", false),
        ("", "gzip", false), ("GZIP", "gzip", true), ("gzip ; q=0.001", "gzip", true), ("gzip;Q=0", "gzip", false),
        ("gzip;q=0.000", "gzip", false), ("gzip;q=junk", "gzip", false), ("gzip;q=1.5", "gzip", true),
        ("", "identity", true), ("gzip", "identity", true), ("identity;q=0", "identity", false),
        ("*;q=0", "identity", false),
        ("identity, *;q=0", "identity", true),
    ])
    func `a coding is welcome or not`(value: String, coding: String, isWelcome: Bool) {
        #expect(QualityList(value).accepts(coding: coding) == isWelcome)
    }

    @Test func `weights are thousandths`() {
        let list = QualityList("a;q=1, b;q=0.5, c;q=0.333 ,d;q=0,, e;x=y;q=0.01,f")
        #expect(list.elements.map(\.weight) == [1000, 500, 333, 0, 10, 1000])
        #expect(list.elements.map(\.word) == ["a", "b", "c", "d", "e", "f"])
        #expect(QualityList("a;q=0.1234, b;q=2, c;q=-1, d;q=, e;q=1.").elements.map(\.weight) == [0, 0, 0, 0, 1000])
    }
}

@Suite struct BasicCredentialTests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `bytes are written as letters and read again`(bytes: String, text: String) {
        #expect(Base64.encode(Array(bytes.utf8)) == text)
        #expect(Base64.decode(text) == Array(bytes.utf8))
    }

    @Test func `all bytes go through`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "====", "Zm9v\n", "Zm9*", "Zh==", "Zm9=", "Zg==Zg==", "_-__",
    ])
    func `what is not written so is not read`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    /// RFC 7617 section 2.
    @Test func `credentials are those of the RFC`() throws {
        let given = try #require(BasicCredentials(field: "basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))
        let wanted = try #require(BasicCredentials("Aladdin:open sesame"))
        #expect(given.matches(wanted))
        #expect(wanted.field == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(BasicCredentials("a:b:c")?.password == Array("b:c".utf8))
    }

    @Test(arguments: [
        "Aladdin:open sesam", "Aladdin:open sesame!", "aladdin:open sesame", ":open sesame", "Aladdin:", ":",
    ])
    func `other credentials do not match`(text: String) throws {
        let given = try #require(BasicCredentials(text))
        let wanted = try #require(BasicCredentials("Aladdin:open sesame"))
        #expect(!given.matches(wanted))
        #expect(!wanted.matches(given))
    }

    @Test(arguments: ["", "Basic", "Basic ", "Bearer QTpi", "Basic QTpi QTpi", "Basic QQ==", "Basic !"])
    func `what are no credentials are none`(value: String) {
        #expect(BasicCredentials(field: value) == nil)
    }
}

@Suite struct HTTPStatusTests {
    @Test func `a status knows its class and its phrase`() {
        #expect((200 as HTTPStatus).reason == "OK")
        #expect((416 as HTTPStatus).reason == "Range Not Satisfiable")
        #expect((299 as HTTPStatus).reason == "")
        #expect((103 as HTTPStatus).isInterim && (103 as HTTPStatus).hasNoContent)
        #expect((204 as HTTPStatus).isSuccess && (204 as HTTPStatus).hasNoContent)
        #expect((304 as HTTPStatus).isRedirection && (304 as HTTPStatus).hasNoContent)
        #expect((500 as HTTPStatus).isFailure && (799 as HTTPStatus).isFailure && (99 as HTTPStatus).isFailure)
        #expect(!(200 as HTTPStatus).isFailure && !(200 as HTTPStatus).hasNoContent)
    }

    @Test func `a method knows its name and what it may do`() {
        for name in ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "BREW", "get"] {
            #expect(HTTPMethod(name).description == name)
        }
        #expect(HTTPMethod("GET") == .get)
        #expect(HTTPMethod("get") == .other("get"))
        #expect(HTTPMethod.head.isSafe && HTTPMethod.put.isIdempotent && HTTPMethod.delete.isIdempotent)
        #expect(!HTTPMethod.post.isIdempotent && !HTTPMethod.put.isSafe && !HTTPMethod("BREW").isSafe)
    }
}
