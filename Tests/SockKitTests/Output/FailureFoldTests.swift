import SockKit
import Testing

@testable import sockctl

@Suite struct FailureFoldTests {
    private let reset = Failure(EventSamples.reset, connection: 1)
    private let start = Deadline.now

    @Test func `what is alike and follows closely is counted, not told`() {
        var fold = FailureFold()
        #expect(fold.hides(reset, at: start) == (false, false))
        fold.begin(reset, at: start)
        var another = reset
        (another.connection, another.message) = (2, "the same of somebody else")
        #expect(fold.hides(another, at: start + .milliseconds(900)) == (true, true))
        #expect(fold.hides(reset, at: start + .milliseconds(1800)) == (true, false))
        #expect(fold.take() == [.more(2, isMixed: false)])
        #expect(fold.hides(reset, at: start + .milliseconds(2700)) == (true, true))
        #expect(fold.end() == [.one(reset)])
        #expect(fold.end().isEmpty)
    }

    @Test func `kinds that take turns are counted each by itself, and told with one of theirs`() {
        var fold = FailureFold()
        let refused = Failure(EventSamples.refused)
        for failure in [reset, refused] {
            #expect(!fold.hides(failure, at: start).isHidden)
            #expect(fold.take().isEmpty)
            fold.begin(failure, at: start)
        }
        for index in 0..<3 {
            #expect(fold.hides(reset, at: start) == (true, index == 0))
            #expect(fold.hides(refused, at: start) == (true, false))
        }
        #expect(fold.take() == [.more(2, isMixed: false, like: reset), .more(2, isMixed: false, like: refused)])
        // That was told last: a count says enough.
        for _ in 0..<3 { _ = fold.hides(refused, at: start) }
        #expect(fold.take() == [.more(3, isMixed: false)])
    }

    @Test func `one who cuts off is like another, whatever was being done with them`() {
        var fold = FailureFold()
        fold.begin(reset, at: start)
        for (operation, code) in [("write", "ECONNRESET"), ("write", "EPIPE"), ("read", "ECONNRESET")] {
            var other = reset
            (other.operation, other.call, other.code) = (operation, operation, code)
            #expect(fold.hides(other, at: start).isHidden)
        }
        var (dialled, file) = (reset, reset)
        dialled.operation = "dial"
        (file.operation, file.code, file.network) = ("write", "EPIPE", nil)
        for other in [dialled, file] { #expect(!fold.hides(other, at: start).isHidden) }
    }

    @Test func `a failure of another kind, a later one and one after something else are told`() {
        var fold = FailureFold()
        fold.begin(reset, at: start)
        #expect(!fold.hides(Failure(EventSamples.refused), at: start).isHidden)
        #expect(!fold.hides(reset, at: start + .seconds(1)).isHidden)
        _ = fold.end()
        #expect(!fold.hides(reset, at: start).isHidden)
    }

    @Test func `a failure that is gone on after is told each time, and the last one too`() {
        var fold = FailureFold()
        fold.begin(EventSamples.timeout, at: start)
        #expect(!fold.hides(EventSamples.timeout, at: start).isHidden)
        var last = EventSamples.timeout
        last.goesOn = nil
        #expect(!fold.hides(last, at: start).isHidden)
        fold.begin(last, at: start)
        #expect(!fold.hides(EventSamples.timeout, at: start).isHidden)
    }
}
