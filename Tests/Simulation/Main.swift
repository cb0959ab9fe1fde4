import Glibc

/// `simulation SEED STEPS`: one seed, from its first decision to its last.
@main
enum Main {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard words.count == 2 else {
            print("usage: simulation SEED STEPS")
            exit(64)
        }
        let steps = words[1]
        chance = Chance(seed: UInt64(words[0]))
        SystemCall.watch(gate)
        let status = try Netpoller.run {
            await World.run(steps: steps)
            return 0
        }
        print("\(chance.steps) steps, digest \(String(chance.digest, radix: 16))")
        exit(status)
    }
}
