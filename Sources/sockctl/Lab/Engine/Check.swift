import SockKit

/// A condition on what an experiment found out, as data: it can be looked at, and says what is wrong where it does not
/// hold.
struct Check: Sendable {
    /// Nil if it holds; otherwise what should have been and what was.
    let fault: @Sendable (Findings) -> String?

    /// A literal, or what was found under a name.
    enum Operand: Sendable {
        case literal(Measured)
        case found(String)

        fileprivate func value(in findings: Findings) -> Measured? {
            switch self {
            case .literal(let value): value
            case .found(let name): findings[name]
            }
        }

        fileprivate func text(in findings: Findings) -> String {
            switch self {
            case .literal(let value): value.description
            case .found(let name): "'\(name)' (\(findings[name]?.description ?? "not known"))"
            }
        }
    }

    static func equal(_ name: String, _ literal: Measured) -> Check { equal(name, .literal(literal)) }

    static func equal(_ name: String, to other: String) -> Check { equal(name, .found(other)) }

    /// Whether it is one of these.
    static func one(_ name: String, of literals: [Measured]) -> Check {
        with(name) { found, _ in
            if literals.contains(where: found.agrees) { return nil }
            return "should be one of \(literals.map(\.description).joined(separator: ", "))"
        }
    }

    static func isTrue(_ name: String) -> Check { equal(name, true) }

    static func isFalse(_ name: String) -> Check { equal(name, false) }

    static func atLeast(_ name: String, _ literal: Measured) -> Check { atLeast(name, .literal(literal)) }

    static func atLeast(_ name: String, _ other: Operand) -> Check {
        compare(name, other, "at least") { $0 >= $1 }
    }

    static func atMost(_ name: String, _ literal: Measured) -> Check { atMost(name, .literal(literal)) }

    static func atMost(_ name: String, _ other: Operand) -> Check {
        compare(name, other, "at most") { $0 <= $1 }
    }

    static func less(_ name: String, than other: String) -> Check {
        compare(name, .found(other), "less than") { $0 < $1 }
    }

    static func more(_ name: String, than other: String) -> Check {
        compare(name, .found(other), "more than") { $0 > $1 }
    }

    /// Whether a span is no shorter than another and, on a machine that is busy with other things too, not absurdly
    /// longer.
    static func about(_ name: String, _ other: String, upTo excess: Duration = .seconds(2)) -> Check {
        with(name) { found, findings in
            guard let least = findings[other]?.magnitude, let value = found.magnitude else {
                return "'\(other)' was not found out"
            }
            // The two are measured from moments that lie somewhat apart where the machine is busy.
            if value < least - max(0.001, least / 20) {
                return "should be no shorter than \(Operand.found(other).text(in: findings))"
            }
            guard value > least + excess.seconds else { return nil }
            return
                "should be no longer than \(Quantity.duration(excess)) after \(Operand.found(other).text(in: findings))"
        }
    }

    /// Whether these add up to another.
    static func sum(_ names: [String], equals total: String) -> Check {
        Check { findings in
            let parts = names.compactMap { findings[$0]?.magnitude }
            guard parts.count == names.count, let whole = findings[total]?.magnitude else {
                return "of \(names.joined(separator: ", ")) and \(total) not all were found out"
            }
            guard parts.reduce(0, +) != whole else { return nil }
            let terms = names.map { Operand.found($0).text(in: findings) }.joined(separator: " + ")
            return "\(terms) should be \(Operand.found(total).text(in: findings))"
        }
    }

    /// Whether all of these hold; where this was found out to be so, they could not be tried and need not hold.
    static func unless(_ name: String, _ checks: Check...) -> Check {
        Check { findings in
            if findings[name] == Measured.flag(true) { return nil }
            return checks.compactMap { $0.fault(findings) }.first
        }
    }

    /// Whether it holds the same texts in any order.
    static func equal(_ name: String, inAnyOrder texts: [String]) -> Check {
        with(name) { found, _ in
            if case .list(let own) = found, own.sorted() == texts.sorted() { return nil }
            return "should be, in any order, \(texts.joined(separator: ", "))"
        }
    }

    private static func equal(_ name: String, _ other: Operand) -> Check {
        with(name) { found, findings in
            guard let value = other.value(in: findings) else { return "\(other.text(in: findings)) was not found out" }
            return found.agrees(with: value) ? nil : "should be \(other.text(in: findings))"
        }
    }

    private static func compare(
        _ name: String, _ other: Operand, _ words: String, _ holds: @escaping @Sendable (Double, Double) -> Bool
    ) -> Check {
        with(name) { found, findings in
            guard let value = found.magnitude, let bound = other.value(in: findings)?.magnitude else {
                return "cannot be compared with \(other.text(in: findings))"
            }
            return holds(value, bound) ? nil : "should be \(words) \(other.text(in: findings))"
        }
    }

    private static func with(_ name: String, _ fault: @escaping @Sendable (Measured, Findings) -> String?) -> Check {
        Check { findings in
            guard let found = findings[name] else { return "'\(name)' was not found out" }
            let text = found.description.isEmpty ? "empty" : found.description
            return fault(found, findings).map { "'\(name)' was \(text) and \($0)" }
        }
    }
}
