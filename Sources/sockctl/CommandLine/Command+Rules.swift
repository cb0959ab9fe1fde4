extension Command {
    /// Refuses what the rules forbid: those of every network, or, once it is known, those of this one.
    func check(_ given: Given, on network: NetworkTraits? = nil) throws(UsageError) {
        // A row's rules hold where it is given: those of all others need not be looked at.
        let known = rows(among: given)
        for rule in known.filter({ given.contains($0.info.name) }).flatMap(\.info.rules) + rules {
            if let missing = rule.missing {
                guard let network, !network.traits.contains(missing) else { continue }
            } else if network != nil {
                continue
            }
            guard let subject = rule.subjects.first(where: { $0.matches(given) }),
                let other = offender(rule.demand, subject, given, known)
            else { continue }
            throw refusal(rule, subject, other, given, network)
        }
    }

    /// What breaks the demand; the subject itself where nothing else does; nil where it is met.
    private func offender(
        _ demand: Rule.Demand, _ subject: Rule.Pattern, _ given: Given, _ known: [Row<Arguments>]
    ) -> Rule.Pattern? {
        switch demand {
        case .never: return subject
        case .needs(let patterns): return patterns.contains { $0.matches(given) } ? nil : subject
        case .excludes(let patterns): return patterns.first { $0.matches(given) }
        case .honours(let honoured):
            let names = honoured.all()
            let row = known.first { row in
                !row.info.isPositional && row.info.name != subject.name && !names.contains(row.info.name)
                    && given.contains(row.info.name)
            }
            return row.map { Rule.Pattern($0.info.name) }
        }
    }

    private func refusal(
        _ rule: Rule, _ subject: Rule.Pattern, _ other: Rule.Pattern, _ given: Given, _ network: NetworkTraits?
    ) -> UsageError {
        func known(_ name: Substring) -> String {
            switch name {
            case "option": subject.spelling
            case "other": other.spelling
            case "value": given.value(of: subject.name) ?? ""
            case "other value": given.value(of: other.name) ?? ""
            case "network": network?.name ?? ""
            case "address": given.value(of: "address") ?? ""
            default: preconditionFailure("a rule's reason names what nobody knows: \(name)")
            }
        }
        func filled(_ text: String) -> String {
            text.split(omittingEmptySubsequences: false) { "{}".contains($0) }
                .enumerated().map { $0 % 2 == 0 ? String($1) : known($1) }.joined()
        }
        return UsageError(filled(rule.reason), hint: rule.hint.map(filled))
    }
}

extension Row {
    /// The same row, with one rule more, of the row with any value or with one of these.
    private func ruled(
        _ values: [String], _ demand: Rule.Demand, _ missing: NetworkTrait?, _ reason: String, _ hint: String?
    ) -> Row {
        let subjects = values.isEmpty ? [info.name] : values.map { "\(info.name) \($0)" }
        var copy = self
        copy.info.rules.append(
            Rule(
                subjects: subjects.map { Rule.Pattern($0) }, demand: demand, missing: missing, reason: reason,
                hint: hint))
        return copy
    }

    /// It has no use unless one of these is given.
    func needs(_ patterns: Rule.Pattern..., reason: String, hint: String? = nil) -> Row {
        ruled([], .needs(patterns), nil, reason, hint)
    }

    /// It does not go together with any of these.
    func excludes(
        _ patterns: Rule.Pattern..., valued values: String..., reason: String, hint: String? = nil
    ) -> Row {
        ruled(values, .excludes(patterns), nil, reason, hint)
    }

    /// On a network without the trait, it does not go together with any of these.
    func excludes(_ patterns: Rule.Pattern..., without trait: NetworkTrait, reason: String) -> Row {
        ruled([], .excludes(patterns), trait, reason, nil)
    }

    /// It does not take these values.
    func refuses(_ values: String..., reason: String, hint: String? = nil) -> Row {
        ruled(values, .never, nil, reason, hint)
    }

    /// It does not go together with anything but these.
    func honours(
        _ names: @autoclosure @escaping @Sendable () -> Set<String>, valued values: String..., reason: String,
        hint: String? = nil
    ) -> Row {
        ruled(values, .honours(Rule.Names(all: names)), nil, reason, hint)
    }

    /// It has no meaning on a network without the trait, unless one of these is given.
    func needs(
        _ trait: NetworkTrait, valued values: String..., unless patterns: Rule.Pattern...,
        reason: String = "'{option}' has no meaning for {network}", hint: String? = nil
    ) -> Row {
        ruled(values, patterns.isEmpty ? .never : .needs(patterns), trait, reason, hint)
    }

    /// What was given before of these rows is taken back: they fill the same field.
    func overriding(_ names: String...) -> Row {
        var copy = self
        copy.info.overrides = names
        return copy
    }
}
