import SockKit

/// What is wrong on purpose, and who may change it.
struct FaultArguments: Equatable, Sendable {
    var both: [FaultSet] = []
    var up: [FaultSet] = []
    var down: [FaultSet] = []
    var control: Word?

    static let rows: [Row<FaultArguments>] = [
        .list(
            "fault", as: .faults, into: \.both, help: "Spoil both ways, as with latency=100ms,rate=64K.",
            detail: """
                Faults with commas between them, as in `latency=100ms,jitter=20ms`; FAULTS has them all. Given several \
                times, each set of them decides by itself which connections it applies to.
                """
        ),
        .list("up", as: .faults, into: \.up, help: "Spoil what goes to the target."),
        .list("down", as: .faults, into: \.down, help: "Spoil what comes from the target."),
        .option(
            "control", as: .bytes("ADDRESS", completion: .files), into: \.control,
            help: "Take orders about faults on this Unix socket.",
            detail: """
                The address is `unix:PATH`. CONTROL has the orders. All that is forwarded is copied then, so that a fault \
                which is added applies at once.
                """
        ).manualOnly,
    ].titled("Faults")

    private var all: [FaultSet] { both + up + down }

    /// Whether they make sense on a network.
    func check(on network: Network) throws(UsageError) {
        for (name, sets) in [("fault", both), ("up", up), ("down", down)] {
            for set in sets {
                do throws(UsageError) { try set.check(on: network) } catch { throw error.about("--\(name)") }
            }
        }
        _ = try controlPlace()
    }

    /// Where orders are taken; nil where none are.
    func controlPlace() throws(UsageError) -> Destination? {
        guard let control else { return nil }
        let (network, destination) = try NetworkArguments().destination([control], .listening)
        guard network == .unix else {
            throw UsageError(
                "'--control': '\(control)' is of \(network), and orders are taken on a Unix socket only",
                hint: "write unix: before the path: --control unix:/tmp/forward.control")
        }
        return destination
    }

    /// What is wrong from the start; nil where nothing is, and nobody can say otherwise.
    @Netpoller
    func desk(on network: Network, seed: UInt64?, _ reporter: Reporter) -> FaultDesk? {
        guard control != nil || !all.isEmpty else { return nil }
        let desk = FaultDesk(network, seed: seed, isControlled: control != nil, reporter)
        for set in both { desk.add(set, .both) }
        for set in up { desk.add(set, .up) }
        for set in down { desk.add(set, .down) }
        return desk
    }
}

extension FaultDesk {
    /// Listens for orders, where that was asked for.
    func open(_ place: Destination?) async throws(NetworkError) -> ControlSocket? {
        guard let place else { return nil }
        return try await ControlSocket.open(place, self)
    }
}
