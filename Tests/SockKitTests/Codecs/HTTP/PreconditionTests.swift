import SockKit
import Testing

@Suite struct PreconditionTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
    private static let later = "Sun, 06 Nov 1994 08:49:38 GMT"
    private static let current = Validators(tag: EntityTag("a"), lastModified: HTTPDate(secondsSinceEpoch: 784_111_777))

    /// RFC 9110 section 8.8.3.2.
    @Test(arguments: [
        ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false), ("W/\"1\"", "\"1\"", false, true),
        ("\"1\"", "\"1\"", true, true),
    ])
    func `tags match strongly and weakly`(one: String, other: String, strongly: Bool, weakly: Bool) throws {
        let (one, other) = (try #require(EntityTag(parsing: one)), try #require(EntityTag(parsing: other)))
        #expect(one.matchesStrongly(other) == strongly)
        #expect(other.matchesStrongly(one) == strongly)
        #expect(one.matchesWeakly(other) == weakly)
        #expect(other.matchesWeakly(one) == weakly)
    }

    @Test(arguments: ["", "\"", "a", "\"a", "a\"", "w/\"a\"", "W/a", "\"a\"b\"", "\"a b\"", "W /\"a\"", "\"\u{7f}\""])
    func `what is no tag is none`(text: String) {
        #expect(EntityTag(parsing: text) == nil)
    }

    @Test(arguments: ["\"xyzzy\"", "W/\"xyzzy\"", "\"\"", "\"a,b\"", "\"caf\u{e9}\""])
    func `a tag is written as it is read`(text: String) {
        #expect(EntityTag(parsing: text).map { "\($0)" } == text)
    }

    @Test func `lists of tags are read`() {
        #expect(EntityTagList("*") == .any)
        let tags: EntityTagList = .tags([EntityTag("a,b"), EntityTag("c", isWeak: true), EntityTag("")])
        #expect(EntityTagList("\"a,b\" ,W/\"c\",, \"\"") == tags)
        #expect(EntityTagList("\"a\", b, \"c\"") == .tags([EntityTag("a")]))
        #expect(EntityTagList("") == .tags([]))
    }

    @Test(
        arguments: [
            ([:], .get, .proceed),
            (["If-Match": "\"a\""], .put, .proceed), (["If-Match": "\"b\", \"a\""], .put, .proceed),
            (["If-Match": "*"], .put, .proceed), (["If-Match": "\"b\""], .put, .failed),
            (["If-Match": "W/\"a\""], .put, .failed),
            (["If-Match": "\"b\""], .get, .failed), (["If-Match": "junk"], .put, .failed),
            (["If-None-Match": "\"a\""], .get, .notModified), (["If-None-Match": "W/\"a\""], .head, .notModified),
            (["If-None-Match": "\"a\""], .put, .failed), (["If-None-Match": "*"], .put, .failed),
            (["If-None-Match": "*"], .get, .notModified), (["If-None-Match": "\"b\""], .get, .proceed),
            (["If-None-Match": "\"b\"", "if-none-match": "\"a\""], .get, .notModified),
            (["If-Modified-Since": date], .get, .notModified), (["If-Modified-Since": later], .head, .notModified),
            (["If-Modified-Since": earlier], .get, .proceed), (["If-Modified-Since": date], .post, .proceed),
            (["If-Modified-Since": "yesterday"], .get, .proceed),
            (["If-Unmodified-Since": date], .put, .proceed), (["If-Unmodified-Since": earlier], .put, .failed),
            (["If-Unmodified-Since": "yesterday"], .put, .proceed),
            // The order of RFC 9110 section 13.2.2: a tag makes the date of its kind nothing.
            (["If-Match": "\"a\"", "If-Unmodified-Since": earlier], .put, .proceed),
            (["If-None-Match": "\"b\"", "If-Modified-Since": date], .get, .proceed),
            (["If-Match": "\"b\"", "If-None-Match": "\"a\""], .get, .failed),
            (["If-Match": "\"a\"", "If-None-Match": "\"a\""], .get, .notModified),
            (["If-Unmodified-Since": earlier, "If-None-Match": "\"a\""], .get, .failed),
        ] as [(Fields, HTTPMethod, PreconditionResult)])
    func `conditions are evaluated in their order`(fields: Fields, method: HTTPMethod, result: PreconditionResult) {
        #expect(PreconditionResult(method, fields, current: Self.current) == result)
    }

    @Test func `a file that is not there matches nothing`() {
        #expect(PreconditionResult(.put, ["If-Match": "*"], current: nil) == .failed)
        #expect(PreconditionResult(.put, ["If-None-Match": "*"], current: nil) == .proceed)
        #expect(PreconditionResult(.put, ["If-Unmodified-Since": Self.earlier], current: nil) == .proceed)
    }

    @Test(
        arguments: [
            ([:], true), (["If-Range": "\"a\""], true), (["If-Range": "\"b\""], false),
            (["If-Range": "W/\"a\""], false),
            (["If-Range": date], true), (["If-Range": earlier], false), (["If-Range": later], false),
            (["If-Range": "junk"], false),
        ] as [(Fields, Bool)])
    func `a range counts for the very version only`(fields: Fields, applies: Bool) {
        #expect(fields.rangeApplies(to: Self.current, now: HTTPDate(secondsSinceEpoch: 800_000_000)) == applies)
    }

    @Test func `a date of this second and a weak tag name no version`() {
        let now = HTTPDate(secondsSinceEpoch: 784_111_777)
        #expect(!(["If-Range": Self.date] as Fields).rangeApplies(to: Self.current, now: now))
        let weak = Validators(tag: EntityTag("a", isWeak: true))
        #expect(!(["If-Range": "\"a\""] as Fields).rangeApplies(to: weak, now: now))
        #expect(!(["If-Range": "W/\"a\""] as Fields).rangeApplies(to: weak, now: now))
        #expect(!(["If-Range": Self.date] as Fields).rangeApplies(to: Validators(), now: now))
    }
}
