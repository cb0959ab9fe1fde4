/// Lines, junctions and errands, several at once, round after round.
@Netpoller
enum World {
    /// What goes on, for a report.
    private static var present: [String] = []

    /// What everybody waits for. The poller asks, on the loop's thread.
    nonisolated static var report: String {
        _ = tell(0)
        return unsafe text
    }

    // Invariant: written and read by the loop's thread.
    nonisolated(unsafe) private static var text = ""
    nonisolated private static let tell = Netpoller.onLoop(write)

    private static func write(_ unused: Int) -> Bool {
        unsafe text = present.joined(separator: ", ") + Line.report
        return true
    }

    static func run(steps: Int) async {
        while chance.steps < steps {
            gate.rate = chance.pick([0, 0, 3, 20])
            let parts = (0...chance.below(4)).map { _ in start() }
            for part in parts { await part.value }
            present = []
        }
        // What is still in the heap comes up, and finds nobody.
        gate.rate = 0
        await Netpoller.sleep(for: .seconds(100))
    }

    private static func start() -> Task<Void, Never> {
        let kind = chance.below(5)
        present.append(["line", "both ways", "junction", "errand", "line"][kind])
        return Netpoller.spawn {
            switch kind {
            case 0, 4: await line()
            case 1: await bothWays()
            case 2: await junction()
            default: await Errands.run()
            }
        }
    }

    private static func line() async {
        let (near, far) = End.pair()
        await Line(near, far, chance.pick(Line.Disturbance.allCases), closes: true).run()
    }

    private static func bothWays() async {
        let (near, far) = End.pair()
        // Who disturbs one direction must not close what the other one counts on.
        let calm: [Line.Disturbance] = [.none, .deadlines]
        await join(Line(near, far, chance.pick(calm)), Line(far, near, chance.pick(calm)))
        near.close()
        far.close()
    }

    private static func join(_ one: Line, _ other: Line) async {
        let task = Netpoller.spawn { await other.run() }
        await one.run()
        await task.value
    }

    /// Two connections whose inner ends are joined: what goes in at one outer end comes out at the other, and it ends.
    private static func junction() async {
        let (left, innerLeft) = End.pair()
        let (innerRight, right) = End.pair()
        let limit: Duration? = chance.oneIn(4) ? .microseconds(100 + chance.below(50_000)) : nil
        let junction = Junction(innerLeft.connection, innerRight.connection, idleLimit: limit)
        junction.start()
        let victim = chance.oneIn(3) ? chance.pick([left, right, innerLeft, innerRight]) : nil
        let isCalm = victim == nil && limit == nil
        (left.mayBeCut, right.mayBeCut) = (!isCalm, !isCalm)
        let lines = Netpoller.spawn { await join(Line(left, right, .none), Line(right, left, .none)) }
        if let victim {
            await Netpoller.sleep(until: chance.moment())
            victim.close()
        }
        let ending = await junction.wait()
        chance.step(30)
        if isCalm {
            guard case .done = ending else { found("a junction that nobody disturbed ended: \(ending)") }
        }
        innerLeft.close()
        innerRight.close()
        await lines.value
        left.close()
        right.close()
    }
}
