import SockKit
import Testing

@testable import sockctl

@Suite struct FaultSetTests {
    @Test(arguments: [
        ("latency=100ms,jitter=20ms", nil), ("latency=100ms,jitter=20ms:normal", nil),
        ("rate=64K,slice=100/5ms,stall=2s@1M", nil), ("drop-after=0,reset-after=1000,close-after=5s", nil),
        ("corrupt=0.001,refuse=0.1,connect-delay=1500ms", nil), ("loss=0.1,duplicate=0.01,reorder=0.5", nil),
        ("latency=1s,first=3,every=2,share=0.25", nil), ("rate=0,first=3", "latency=0s,first=3"),
        ("refuse=10%", "refuse=0.1"), ("latency=0.1", "latency=100ms"), ("reset-after=2m", "reset-after=2m"),
        ("reset-after=2M", "reset-after=2M"), ("corrupt=1e-6", "corrupt=1e-06"), ("latency=0", "latency=0s"),
        ("rate=0,corrupt=0%", "latency=0s"), ("refuse=100%", "refuse=1"), ("share=1,latency=1s", "latency=1s"),
    ])
    func `faults are read, and written so that they read back`(text: String, written: String?) throws {
        let set = try FaultSet(parsing: text)
        #expect(set.text == written ?? text)
        #expect(try FaultSet(parsing: set.text) == set)
    }

    @Test(arguments: [
        ("", "no fault is named"), ("latency", "'latency' has no value: write latency=D"),
        ("latency=", "'latency' has no value: write latency=D"), ("latency=x", "latency: 'x' is not a duration"),
        ("latency=1s,,rate=1K", "a fault's name is missing"), ("latency=1s,latency=2s", "'latency' is given twice"),
        ("lag=1s", "'lag' is no fault; there are latency, jitter"), ("corrupt=2", "corrupt: '2' is more than always"),
        ("corrupt=101%", "more than always"), ("corrupt=-1", "'-1' is not a chance"), ("corrupt=nan", "not a chance"),
        ("slice=10", "lacks one of the two values around '/'"), ("slice=0/1s", "slice: '0' is not a size"),
        ("stall=1s", "around '@'"), ("stall=@3", "around '@'"), ("first=0", "first: '0' is not a number from 1 up"),
        ("rate=10Q", "rate: '10Q' is not a size"), ("jitter=1s:flat", "'flat' is no distribution"),
        ("reset-after=5 s", "reset-after: '5 s' is not a duration"),
        ("connect-delay=1s,share=0.5", "'connect-delay' is for every connection"),
    ])
    func `what is wrong is named`(text: String, message: String) {
        #expect { _ = try FaultSet(parsing: text) } throws: { error in
            (error as? UsageError)?.message.contains(message) ?? false
        }
    }

    @Test(arguments: [
        ("loss=0.1", Network.tcp, "'loss' is about datagrams, and tcp has none"),
        ("slice=1/1s", .udp, "'slice' is about connections, and udp has none"),
        ("refuse=1", .udp, "'refuse' is about connections"),
        ("connect-delay=1s", .unix, "'connect-delay' is about how TCP connects, and this is unix"),
    ])
    func `a fault that a network cannot have is refused`(text: String, network: Network, message: String) throws {
        let set = try FaultSet(parsing: text)
        #expect { try set.check(on: network) } throws: { error in
            (error as? UsageError)?.message.contains(message) ?? false
        }
    }

    @Test(arguments: ["share=0.5", "first=3,every=2"]) func `a set that has nothing wrong is refused`(text: String) {
        let message = "'\(text)' says which connections, and not what is wrong with them"
        #expect(throws: UsageError(message, hint: "name a fault beside it, as in latency=100ms,\(text)")) {
            try FaultSet(parsing: text)
        }
    }

    @Test(arguments: [("latency=1s,jitter=1ms,corrupt=1%,rate=1K", Network.udp), ("connect-delay=1s", .tcp6)])
    func `one that it can have is not`(text: String, network: Network) throws {
        try FaultSet(parsing: text).check(on: network)
    }

    @Test func `the manual explains every fault`() throws {
        let section = try #require(ForwardCommand.command.info.manual.sections.first { $0.title == "FAULTS" })
        let terms = section.items.flatMap { item -> [String] in
            if case .terms(let terms) = item { terms.map(\.term) } else { [] }
        }.joined(separator: ", ")
        for key in FaultKey.all { #expect(terms.contains("\(key.name)="), "\(key.name)") }
    }

    @Test func `first, every and share choose connections together`() throws {
        func chosen(_ text: String, seed: UInt64 = 1) throws -> [Int] {
            let set = try FaultSet(parsing: text)
            return (0...1000).filter { set.applies(to: $0, SeededRandom(seed: seed, for: $0, 1, 0)) }
        }
        #expect(try chosen("latency=1s,first=3") == [1, 2, 3])
        #expect(try chosen("latency=1s,first=7,every=3") == [3, 6])
        #expect(try chosen("latency=1s").count == 1001)
        let share = try chosen("latency=1s,share=20%")
        #expect((140...260).contains(share.count))
        #expect(try chosen("latency=1s,share=20%") == share)
        #expect(try chosen("latency=1s,share=20%", seed: 2) != share)
        // Whoever has a share of 20 % has one of 40 % as well: a change throws no dice again.
        #expect(try Set(share).isSubset(of: chosen("latency=1s,share=40%")))
    }
}
