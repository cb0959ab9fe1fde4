/// What waits without a descriptor: a mailbox with several who post, promises, sleeps that are broken off.
@Netpoller
enum Errands {
    static func run() async {
        switch chance.below(3) {
        case 0: await post()
        case 1: await promise()
        default: await sleep()
        }
    }

    /// Every message arrives, those of one sender in their order.
    private static func post() async {
        let box = Mailbox<(sender: Int, number: Int)>()
        let counts = (0...chance.below(3)).map { _ in chance.skewed(30) }
        for (sender, count) in counts.enumerated() {
            Netpoller.spawn {
                for number in 0..<count {
                    if chance.oneIn(3) { await Netpoller.sleep(until: chance.moment()) }
                    box.post((sender, number))
                }
            }
        }
        var seen = counts.map { _ in 0 }
        while seen != counts {
            let limit = chance.oneIn(2) ? chance.moment() : nil
            let (message, wake) = await box.next(until: limit)
            chance.step(20)
            guard let message else {
                if wake != .deadline || limit.map({ $0 > .now }) ?? true { found("a mailbox ended a wait: \(wake)") }
                continue
            }
            if message.number != seen[message.sender] { found("message \(message) after \(seen)") }
            seen[message.sender] += 1
        }
    }

    private static func promise() async {
        let promise = Promise<Int>()
        let (value, due) = (chance.below(1 << 20), chance.moment())
        let giver = Netpoller.spawn {
            await Netpoller.sleep(until: due)
            promise.fulfil(value)
            promise.fulfil(-1)
        }
        while true {
            let limit = chance.oneIn(2) ? chance.moment() : nil
            let outcome = await promise.wait(until: limit)
            chance.step(21)
            if let given = outcome.value {
                if given != value { found("a promise gave \(given) for \(value)") }
                if due > .now { found("a promise was kept \(due - .now) early") }
                return await giver.value
            }
            if outcome.wake != .deadline || limit.map({ $0 > .now }) ?? true { found("a promise: \(outcome.wake)") }
        }
    }

    /// Sleepers of one moment all wake then; those that are cancelled do so before, and say so.
    private static func sleep() async {
        let due = chance.moment()
        let sleepers = (0...chance.below(6)).map { _ in Netpoller.spawn { await Netpoller.sleep(until: due) } }
        let victim = chance.pick(sleepers)
        let isCut = chance.oneIn(2)
        if isCut {
            await Netpoller.sleep(until: chance.oneIn(2) ? due : chance.moment())
            victim.cancel()
        }
        for sleeper in sleepers {
            let isWhole = await sleeper.value
            chance.step(isWhole ? 22 : 23)
            if isWhole, due > .now { found("a sleep ended \(due - .now) early") }
            if !isWhole, !isCut || sleeper != victim { found("a sleep was cut short, and nobody had cancelled it") }
        }
        if Deadline.now - due > .milliseconds(2), !isCut { found("a sleep was \(Deadline.now - due) too long") }
    }
}
