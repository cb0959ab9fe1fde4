import SockKit

/// Faults as they are written: `latency=100ms,jitter=20ms`.
extension FaultSet {
    init(parsing text: String) throws(UsageError) {
        guard !text.isEmpty else {
            throw UsageError("no fault is named", hint: "write them like latency=100ms,rate=64K")
        }
        var given: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let key = FaultKey.all.first(where: { $0.name == words[0] }) else { throw Self.unknown(words[0]) }
            guard words.count == 2, !words[1].isEmpty else {
                throw UsageError("'\(key.name)' has no value: write \(key.form)")
            }
            guard given.insert(key.name).inserted else { throw UsageError("'\(key.name)' is given twice in '\(text)'") }
            do throws(UsageError) { try key.read(&self, words[1]) } catch {
                throw UsageError("\(key.name): \(error.message)", hint: error.hint ?? "write \(key.form)")
            }
        }
        guard !given.isSubset(of: Self.choices) else {
            throw UsageError(
                "'\(text)' says which connections, and not what is wrong with them",
                hint: "name a fault beside it, as in latency=100ms,\(text)")
        }
        try check()
    }

    /// What says of a set whom it applies to.
    private static let choices: Set<String> = ["first", "every", "share"]

    /// What makes no sense whatever the network is.
    private func check() throws(UsageError) {
        if connectDelay > .zero, first != nil || every != nil || share < 1 {
            throw UsageError(
                "'connect-delay' is for every connection: which one it will be is not known before it has connected",
                hint: "leave out first, every and share, or give them in a --fault of their own")
        }
    }

    /// What makes no sense on a network.
    func check(on network: Network) throws(UsageError) {
        let isDatagram = network.kind == .datagram
        for key in FaultKey.all where key.show(self) != nil {
            switch key.needs {
            case .anything: continue
            case .datagrams where isDatagram, .connections where !isDatagram: continue
            case .tcp where network.isTCP: continue
            case .datagrams:
                throw UsageError(
                    "'\(key.name)' is about datagrams, and \(network) has none",
                    hint: "what a stream can suffer are latency, rate, corrupt, drop-after, reset-after and others")
            case .connections: throw UsageError("'\(key.name)' is about connections, and \(network) has none")
            case .tcp: throw UsageError("'\(key.name)' is about how TCP connects, and this is \(network)")
            }
        }
    }

    private static func unknown(_ name: String) -> UsageError {
        let names = FaultKey.all.map(\.name)
        let nearest = Suggestion.nearest(to: name, among: names)
        return UsageError(
            name.isEmpty
                ? "a fault's name is missing between two commas"
                : "'\(name)' is no fault; there are \(names.joined(separator: ", "))",
            hint: nearest.map { "did you mean '\($0)'?" })
    }

    /// The same set as text, in one order.
    var text: String {
        let named = FaultKey.all.compactMap { key in key.show(self).map { (key.name, "\(key.name)=\($0)") } }
        // A set that has nothing wrong is written as what it is.
        let isNone = named.allSatisfy { Self.choices.contains($0.0) }
        return ((isNone ? ["latency=0s"] : []) + named.map(\.1)).joined(separator: ",")
    }
}

extension ValueType where Value == FaultSet {
    static var faults: Self {
        Self(placeholder: "FAULTS") { (text: String) throws(UsageError) in
            try FaultSet(parsing: text)
        } show: {
            $0.text
        }
    }
}
