/// The nearest known name to one that is unknown.
enum Suggestion {
    /// The only candidate that the word begins; else the nearest within three edits.
    ///
    /// A word is never "corrected" by replacing all of it.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let begun = candidates.filter { word.count > 2 && $0.hasPrefix(word) }
        if begun.count == 1 { return begun[0] }
        let length = word.count
        // The difference in length is the least that the distance can be, and costs nothing to know.
        let ranked = candidates.filter { abs($0.count - length) < 4 }
            .map { (name: $0, distance: distance(word, $0)) }
            .filter { $0.distance < 4 && $0.distance < max(length, 2) && $0.distance < $0.name.count }
        return ranked.min { $0.distance < $1.distance }?.name
    }

    /// How many characters must be inserted, dropped, replaced or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1..<(left.count + 1) {
            var current = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
