import Testing

@testable import SockKit

@Suite struct ScanWindowTests {
    @Test func `it begins with all that is allowed, and halves what was under way`() {
        var window = ScanWindow(most: 256)
        #expect(window.size == 256)
        window.shrink(underWay: 100)
        #expect(window.size == 50)
        window.shrink(underWay: 50)
        #expect(window.size == 25)
    }

    @Test func `it never closes`() {
        var window = ScanWindow(most: 0)
        for _ in 0..<10 { window.shrink(underWay: 0) }
        #expect(window.size == 1)
    }

    @Test func `it grows by one for each window's worth of ends, up to where it began`() {
        var window = ScanWindow(most: 4)
        window.shrink(underWay: 4)
        #expect(window.size == 2)
        window.grow()
        #expect(window.size == 2)
        window.grow()
        #expect(window.size == 3)
        for _ in 0..<100 { window.grow() }
        #expect(window.size == 4)
    }
}
