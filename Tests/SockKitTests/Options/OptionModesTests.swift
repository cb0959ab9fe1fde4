import SockKit
import Testing

@testable import sockctl

/// Of every option and every mode of a command: either it has an effect there, or it is refused.
///
/// The tables name what has an effect. An option that is new fails here until somebody has decided what it does in each
/// mode, and has either named it or given its row a rule.
@Suite struct OptionModesTests {
    struct Mode: Sendable, CustomTestStringConvertible {
        let words: String
        let network: Network
        /// What has an effect besides the options of the network, the socket and the reports.
        let honours: Set<String>

        init(_ words: String, _ network: Network = .tcp, _ honours: String) {
            self.words = words
            self.network = network
            self.honours = Set(honours.split(separator: " ").map(String.init))
        }

        var testDescription: String { "\(words) on \(network)" }
    }

    @Test(arguments: dialModes)
    func `dial refuses what a mode has no use for`(mode: Mode) throws {
        try compare(DialCommand.self, mode, address: "x")
    }

    @Test(arguments: listenModes)
    func `listen refuses what a mode has no use for`(mode: Mode) throws {
        try compare(ListenCommand.self, mode, address: "x")
    }

    @Test(arguments: sendModes)
    func `udp-send refuses what a mode has no use for`(mode: Mode) throws {
        try compare(UDPSendCommand.self, mode, address: "x")
    }

    func compare<Known: Subcommand>(_ type: Known.Type, _ mode: Mode, address: Word...) throws {
        var honoured: Set<String> = []
        let own = Set(mode.words.split(separator: " ").map { String($0.drop { $0 == "-" }) })
        for row in Known.command.allRows.map(\.info)
        where !row.isPositional && !PeerArguments.plainNames.contains(row.name) && !own.contains(row.name) {
            let partner = Self.partners[row.name].flatMap { partner in
                Known.command.allRows.contains { partner.hasPrefix("--\($0.info.name) ") } ? partner : nil
            }
            let line = "\(mode.words) \(partner ?? "") --\(row.name)" + Self.value(of: row)
            if try isAccepted(
                Known.command, address + line.split(separator: " ").map { Word(String($0)) }, mode.network)
            {
                honoured.insert(row.name)
            }
        }
        #expect(honoured.subtracting(mode.honours).sorted() == [], "accepted, but nobody says to what effect")
        #expect(mode.honours.subtracting(honoured).sorted() == [], "refused, although it has an effect")
    }

    private func isAccepted<Arguments: CommandArguments>(
        _ command: Command<Arguments>, _ words: [Word], _ network: Network
    ) throws -> Bool {
        do throws(UsageError) {
            guard case .arguments(let arguments) = try command.parse(words) else { return false }
            try command.check(arguments.given, on: network.traits)
            return true
        } catch {
            #expect(!error.message.contains("is not") && !error.message.contains("unknown"), "\(error.message)")
            return false
        }
    }

    /// What an option needs beside it to mean anything.
    private static let partners = [
        "goodbye": "--idle-timeout 1", "keep-going": "--read-timeout 1", "retry-delay": "--retry 1",
        "retry-max-delay": "--retry 1 --retry-delay 1ms", "heartbeat-text": "--heartbeat 1",
        "heartbeat-misses": "--heartbeat 1", "separator": "--frame line", "whole": "--frame line",
        "max-frame": "--frame line", "append": "--output file", "no-index": "--root a", "hidden": "--root a",
        "spa": "--root a", "upload": "--root a", "overwrite": "--root a --upload",
        "max-redirects": "--location ", "continue": "--output file", "parallel": "--repeat 2", "rate": "--repeat 2",
        "pty": "--sh-exec a", "proxy-auth-file": "--proxy env",
        "plot": "--repeat 2", "no-plot": "--repeat 2", "svg": "--repeat 2",
    ]

    private static func value(of row: RowInfo) -> String {
        switch (row.kind, row.name, row.completion) {
        case (_, "exec", _): " -- a"
        case (.flag, _, _), (.positional, _, _): ""
        case (_, "serve", _): " pipe"
        case (_, "header", _), (_, "user", _): " a:b"
        case (_, "fault", _), (_, "up", _), (_, "down", _): " latency=1s"
        case (_, "frame", _): " line"
        case (_, "close", _): " fin"
        case (_, "mode", _): " 0600"
        case (_, "busy-poll", _): " 50us"
        case (_, "setsockopt", _): " 1:6:1"
        case (_, "allow", _), (_, "deny", _), (_, "target-allow", _), (_, "target-deny", _): " a"
        case (_, "tls-pin", _): " " + String(repeating: "0", count: 64)
        case (_, "max-head", _): " 16K"
        case (_, "auth", _), (_, "header", _), (_, "proxy-auth", _): " a:b"
        case (_, "max-accepts", _), (_, "max-conns", _): " 1"
        case (_, _, .words(let words)) where row.placeholder != "N|forever": " \(words[0])"
        default: " 16"
        }
    }
}
