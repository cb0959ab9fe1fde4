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

    private static let dialModes = [
        Mode(
            "", .tcp,
            """
            pass-fd timeout fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text heartbeat-misses send submit writers quit-after shutdown no-shutdown half-open \
            input-grace max-time close close-after read-timeout write-timeout deadline keep-going idle-timeout \
            goodbye send-only recv-only output hex-dump crlf read-size first-read-delay read-delay no-read \
            max-bytes write-size write-delay delay rate frame max-frame separator whole append first-line
            """),
        Mode(
            "--first-line", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay shutdown no-shutdown \
            max-time close close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye \
            recv-only hex-dump crlf read-size first-read-delay read-delay max-bytes write-size write-delay delay \
            rate
            """),
        Mode(
            "--send a", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay interval quit-after \
            max-time count close close-after read-timeout write-timeout idle-timeout output hex-dump read-size \
            append
            """),
        Mode(
            "--submit", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay window max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye hex-dump read-size \
            first-read-delay read-delay max-bytes write-size write-delay rate
            """),
        Mode(
            "--writers 2", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay messages message-size \
            unlocked split quit-after no-shutdown max-time close read-timeout write-timeout deadline keep-going \
            idle-timeout goodbye output hex-dump read-size no-read append
            """),
        Mode(
            "--frame line", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay heartbeat heartbeat-text \
            heartbeat-misses quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output \
            hex-dump crlf read-size first-read-delay read-delay max-bytes write-size write-delay delay rate \
            max-frame separator whole append
            """),
        Mode(
            "--reconnect", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay heartbeat heartbeat-text \
            heartbeat-misses quit-after shutdown no-shutdown max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate append
            """),
        Mode(
            "--recv-only", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text heartbeat-misses shutdown no-shutdown max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye output hex-dump read-size first-read-delay \
            read-delay max-bytes rate frame max-frame separator append first-line
            """),
        Mode(
            "--send-only", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text heartbeat-misses quit-after shutdown no-shutdown half-open input-grace max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame whole append
            """),
        Mode(
            "--no-read", .tcp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text writers quit-after shutdown no-shutdown half-open input-grace max-time close \
            close-after write-timeout deadline idle-timeout goodbye send-only hex-dump crlf write-size \
            write-delay delay rate
            """),
        Mode(
            "", .udp,
            """
            pass-fd timeout fallback-delay source source-port retry retry-delay retry-max-delay send quit-after shutdown \
            input-grace max-time count close-after idle-timeout send-only recv-only output hex-dump crlf \
            read-size write-size append
            """),
        Mode(
            "--send a", .udp,
            """
            timeout fallback-delay source source-port retry retry-delay retry-max-delay interval quit-after \
            max-time count close-after idle-timeout output hex-dump read-size append
            """),
        Mode(
            "", .unix,
            """
            pass-fd timeout retry retry-delay retry-max-delay reconnect heartbeat heartbeat-text heartbeat-misses send \
            submit writers quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output \
            hex-dump crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay \
            rate frame max-frame separator whole append first-line
            """),
        Mode(
            "", .unixgram,
            """
            pass-fd timeout source retry retry-delay retry-max-delay send quit-after shutdown input-grace max-time count \
            close-after idle-timeout send-only recv-only output hex-dump crlf read-size write-size append
            """),
        Mode(
            "", .unixpacket,
            """
            pass-fd timeout retry retry-delay retry-max-delay reconnect heartbeat heartbeat-text heartbeat-misses send \
            quit-after shutdown no-shutdown half-open input-grace max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate append
            """),
    ]

    private static let listenModes = [
        Mode(
            "", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept reuse-port \
            readers message-size quit-after shutdown no-shutdown half-open input-grace max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only \
            output hex-dump crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay \
            delay rate frame max-frame separator whole append
            """),
        Mode(
            "-k", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept reuse-port \
            quit-after shutdown no-shutdown half-open input-grace max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame separator whole append
            """),
        Mode(
            "--serve echo", .tcp,
            """
            activated keep-open max-accepts max-conns timeout io-model backlog accept-delay reuse-port max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size \
            first-read-delay read-delay max-bytes write-size write-delay rate frame max-frame
            """),
        Mode(
            "--serve discard", .tcp,
            """
            activated keep-open max-accepts max-conns timeout backlog accept-delay reuse-port readers message-size \
            max-time close close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye \
            read-size first-read-delay read-delay max-bytes write-size write-delay rate frame max-frame
            """),
        Mode(
            "--serve chargen", .tcp,
            """
            activated keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size first-read-delay \
            read-delay no-read max-bytes write-size write-delay rate
            """),
        Mode(
            "--serve time", .tcp,
            """
            activated keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            write-timeout deadline idle-timeout goodbye write-size write-delay rate
            """),
        Mode(
            "--serve frames", .tcp,
            """
            activated keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size first-read-delay \
            read-delay max-bytes write-size write-delay rate
            """),
        Mode(
            "--io-model spin", .tcp,
            """
            activated serve keep-open max-accepts timeout backlog reuse-port max-time read-size
            """),
        Mode(
            "--no-accept", .tcp,
            """
            activated keep-open backlog reuse-port max-time
            """),
        Mode(
            "--recv-only", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port readers message-size \
            shutdown no-shutdown max-time close close-after read-timeout write-timeout deadline keep-going \
            idle-timeout goodbye output hex-dump read-size first-read-delay read-delay max-bytes rate frame \
            max-frame separator append
            """),
        Mode(
            "--send-only", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye output hex-dump crlf read-size first-read-delay read-delay no-read \
            max-bytes write-size write-delay delay rate frame max-frame whole append
            """),
        Mode(
            "--no-read", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after write-timeout deadline idle-timeout \
            goodbye send-only hex-dump crlf write-size write-delay delay rate
            """),
        Mode(
            "--frame line", .tcp,
            """
            activated serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf read-size first-read-delay \
            read-delay max-bytes write-size write-delay delay rate max-frame separator whole append
            """),
        Mode(
            "--readers 2", .tcp,
            """
            activated serve max-accepts max-conns timeout backlog accept-delay reuse-port message-size quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye recv-only output hex-dump crlf read-size first-read-delay read-delay \
            max-bytes write-size write-delay delay rate append
            """),
        Mode(
            "", .udp,
            """
            activated serve keep-open timeout reuse-port quit-after shutdown input-grace max-time count idle-timeout \
            send-only recv-only output hex-dump crlf read-size write-size append
            """),
        Mode(
            "--serve echo", .udp,
            """
            activated keep-open timeout reuse-port max-time count
            """),
        Mode(
            "", .unix,
            """
            activated serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept mode readers \
            message-size quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output \
            hex-dump crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay \
            rate frame max-frame separator whole append
            """),
        Mode(
            "", .unixpacket,
            """
            activated serve keep-open max-accepts max-conns timeout backlog accept-delay no-accept mode quit-after \
            shutdown no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout \
            deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf read-size \
            first-read-delay read-delay no-read max-bytes write-size write-delay delay rate append
            """),
    ]

    private static let sendModes = [
        Mode(
            "", .udp,
            """
            whole chunk chomp size interval rate wait source unconnected broadcast multicast-interface no-fragment
            """),
        Mode(
            "--whole", .udp,
            """
            interval rate wait source unconnected broadcast multicast-interface no-fragment
            """),
        Mode(
            "--size 20", .udp,
            """
            count interval rate wait source unconnected broadcast multicast-interface no-fragment
            """),
        Mode(
            "", .unixgram,
            """
            whole chunk chomp size interval rate wait source unconnected
            """),
    ]

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

    func compare<Known: Subcommand>(_ type: Known.Type, _ mode: Mode, address: Word) throws {
        var honoured: Set<String> = []
        let own = Set(mode.words.split(separator: " ").map { String($0.drop { $0 == "-" }) })
        for row in Known.command.rows.map(\.info)
        where !row.isPositional && !PeerArguments.plainNames.contains(row.name) && !own.contains(row.name) {
            let partner = Self.partners[row.name].flatMap { partner in
                Known.command.rows.contains { partner.hasPrefix("--\($0.info.name) ") } ? partner : nil
            }
            let line = "\(mode.words) \(partner ?? "") --\(row.name)" + Self.value(of: row)
            if try isAccepted(
                Known.command, line.split(separator: " ").map { Word(String($0)) } + [address], mode.network)
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
        "plot": "--repeat 2", "no-plot": "--repeat 2", "svg": "--repeat 2",
    ]

    private static func value(of row: RowInfo) -> String {
        switch (row.kind, row.name, row.completion) {
        case (.flag, _, _), (.positional, _, _): ""
        case (_, "serve", _): " pipe"
        case (_, "header", _), (_, "user", _): " a:b"
        case (_, "frame", _): " line"
        case (_, "close", _): " fin"
        case (_, "mode", _): " 0600"
        case (_, "setsockopt", _): " 1:6:1"
        case (_, "max-head", _): " 16K"
        case (_, "auth", _), (_, "header", _): " a:b"
        case (_, "max-accepts", _), (_, "max-conns", _): " 1"
        case (_, _, .words(let words)) where row.placeholder != "N|forever": " \(words[0])"
        default: " 16"
        }
    }
}
