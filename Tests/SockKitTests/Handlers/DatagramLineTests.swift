import Testing

@testable import sockctl

@Suite struct DatagramLineTests {
    private func line(_ datagrams: [UInt8]...) -> DatagramLine {
        var line = DatagramLine()
        for datagram in datagrams { add(datagram, to: &line) }
        return line
    }

    /// `fits` says whether there is to be room for it.
    private func add(_ datagram: [UInt8], to line: inout DatagramLine, fits: Bool = true) {
        let isTaken = line.append(datagram.span)
        #expect(isTaken == fits)
    }

    private func all(_ line: inout DatagramLine) -> [[UInt8]] {
        var taken: [[UInt8]] = []
        line.drain {
            taken.append($0)
            return true
        }
        return taken
    }

    @Test func `what was put back comes before what came later, and nothing is lost between two takers`() {
        var line = line([1], [], [3])
        var taken: [[UInt8]] = []
        line.drain {
            guard taken.count < 2 else { return false }
            taken.append($0)
            return true
        }
        #expect(taken == [[1], []] && line.count == 1)
        line.putBack(taken)
        #expect(all(&line) == [[1], [], [3]])
        #expect(line.isEmpty)
    }

    @Test func `it holds so many datagrams, and so many bytes, and one of any length`() {
        var many = DatagramLine()
        let most = many.mostDatagrams
        for _ in 0..<most { add([0], to: &many) }
        add([0], to: &many, fits: false)
        let count = many.removeAll()
        #expect(count == most && many.isEmpty)
        let long = [UInt8](repeating: 0, count: many.mostBytes + 1)
        var one = line(long)
        add([0], to: &one, fits: false)
        #expect(all(&one) == [long])
        add([0], to: &one)
    }
}
