import SockKit

/// A scan's result in a sentence or two.
struct ScanConclusion {
    private let result: ScanResult
    private let network: Network

    init(_ result: ScanResult, _ network: Network) {
        self.result = result
        self.network = network
    }

    var text: String { ([counts] + remarks).joined(separator: "\n") }

    /// `2 open, 65533 refused, 0 filtered in 480 ms`
    private var counts: String {
        var parts = ["\(result.open) open", "\(result.refused) refused", "\(result.filtered) filtered"]
        if network.kind == .datagram { parts.append("\(result.silent) silent") }
        let known = parts.joined(separator: ", ") + " in \(Quantity.duration(result.elapsed))"
        return result.scanned == result.targets ? known : "\(result.scanned) of \(result.targets) scanned: \(known)"
    }

    private var remarks: [String] {
        var remarks = Self.list(result.reasons).map { "\($0.count) of the filtered: \($0.errno)" }
        remarks += result.answers.sorted { ($0.value, $1.key.text) > ($1.value, $0.key.text) }
            .map { "\($0.value) of the filtered: \($0.key.text.printable)" }
        if result.silent > 0 {
            remarks.append(
                """
                silent is not open: somebody may be there who had nothing to say, a filter, or nobody. Linux refuses \
                datagrams of another machine once a second after the first 6 (net.ipv4.icmp_ratelimit), so that most \
                closed ports of many look silent
                """)
        }
        if result.isCut, result.targets > result.parallel {
            remarks.append("at most \(result.parallel) at once, since no more descriptors may be open (ulimit -n)")
        }
        remarks += Self.list(result.shortages).map { errno, count in
            "\(errno) (\(errno.name)), \(Quantity.count(count, "time")): fewer were tried at once, and those again"
        }
        return remarks
    }

    private static func list(_ counts: [Errno: Int]) -> [(errno: Errno, count: Int)] {
        counts.sorted { ($0.value, $0.key.name) > ($1.value, $1.key.name) }.map { ($0.key, $0.value) }
    }
}

extension ScanResult {
    /// The summary's fields.
    func measures(_ network: Network) -> [Measure] {
        var measures = [
            Measure("targets", .count(targets)), Measure("scanned", .count(scanned)), Measure("open", .count(open)),
            Measure("refused", .count(refused)), Measure("filtered", .count(filtered)),
        ]
        if network.kind == .datagram { measures.append(Measure("silent", .count(silent))) }
        if silent > 0 { measures.append(Measure("note", .text(Self.ofSilence))) }
        return measures + [
            Measure("reasons", .group(Self.group(reasons) + proxied)),
            Measure("shortages", .group(Self.group(shortages))),
            Measure("parallel", .count(parallel)), Measure("elapsed", .duration(elapsed)),
        ]
    }

    /// What proxies said, in words that are names: `host_unreachable`. Of many the rarest are `other`.
    private var proxied: [Measure] {
        var counts: [String: Int] = [:]
        for (answer, count) in answers {
            let words = answer.text.lowercased().split { !$0.isLetter && !$0.isNumber }
            counts[words.joined(separator: "_"), default: 0] += count
        }
        let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        var told = Dictionary(uniqueKeysWithValues: ranked.prefix(Self.mostAnswers).map { ($0.key, $0.value) })
        for (_, count) in ranked.dropFirst(Self.mostAnswers) { told["other", default: 0] += count }
        return told.sorted { $0.key < $1.key }.map { Measure($0.key, .count($0.value)) }
    }

    private static let mostAnswers = 32

    private static let ofSilence = "silent is not open; refusals may be held back by net.ipv4.icmp_ratelimit"

    private static func group(_ counts: [Errno: Int]) -> [Measure] {
        counts.sorted { $0.key.name < $1.key.name }.map { Measure($0.key.name, .count($0.value)) }
    }
}
