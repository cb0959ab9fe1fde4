/// The nearest known name to one that is unknown.
enum Suggestion {
    /// The only candidate that the word begins; else the nearest within three edits.
    ///
    /// A word is never "corrected" by replacing half of it.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let letters = Array(word.unicodeScalars)
        let begun = candidates.filter { letters.count > 2 && $0.hasPrefix(word) }
        if begun.count == 1 { return begun[0] }
        var nearest: (name: String, distance: Int)?
        for name in candidates {
            // The difference in length is the least that the distance can be, and costs nothing to know.
            guard abs(name.utf8.count - letters.count) < 4 else { continue }
            let distance = distance(letters, Array(name.unicodeScalars))
            guard distance < 4, distance * 2 < max(letters.count, name.utf8.count) else { continue }
            if distance < nearest?.distance ?? .max { nearest = (name, distance) }
        }
        return nearest?.name
    }

    /// How many letters must be inserted, dropped, replaced or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        distance(Array(left.unicodeScalars), Array(right.unicodeScalars))
    }

    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = Array(0...right.count)
        var last = beforeLast
        var current = beforeLast
        for row in 1..<(left.count + 1) {
            current[0] = row
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current[column] = best
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }
}
