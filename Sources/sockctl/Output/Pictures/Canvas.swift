/// A grid of characters to draw on. The origin is at the top left; what is drawn beyond an edge is ignored.
struct Canvas: Sendable {
    let columns: Int
    let rows: Int
    private var cells: [Cell]

    private struct Cell: Sendable, Equatable {
        var character: Character = " "
        var tint: Tint?
    }

    init(columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
    }

    /// The character at a place; a space beyond the edges.
    subscript(column: Int, row: Int) -> Character {
        isInside(column, row) ? cells[row * columns + column].character : " "
    }

    mutating func put(_ character: Character, _ column: Int, _ row: Int, _ tint: Tint? = nil) {
        guard isInside(column, row) else { return }
        cells[row * columns + column] = Cell(character: character, tint: tint)
    }

    /// Writes a word to the right of a place.
    mutating func write(_ text: String, _ column: Int, _ row: Int, _ tint: Tint? = nil) {
        for (offset, character) in text.printable.enumerated() { put(character, column + offset, row, tint) }
    }

    /// The rows from the top, each without the spaces at its end, in the terminal's colours.
    func lines(on terminal: Terminal) -> [String] {
        (0..<rows).map { row in
            var cells = self.cells[row * columns..<(row + 1) * columns]
            while cells.last?.character == " " { cells.removeLast() }
            var line = ""
            while let first = cells.first {
                let run = cells.prefix { $0.tint == first.tint }
                let text = String(run.map(\.character))
                line += first.tint.map { terminal.paint(text, .tint($0)) } ?? text
                cells = cells.dropFirst(run.count)
            }
            return line
        }
    }

    private func isInside(_ column: Int, _ row: Int) -> Bool {
        (0..<columns).contains(column) && (0..<rows).contains(row)
    }
}
