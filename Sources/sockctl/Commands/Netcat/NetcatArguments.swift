import SockKit

/// What `nc` takes: the words of its command line, each checked and kept as it was written.
struct NetcatArguments: Equatable, Sendable {
    var given = Given()
    var places: [Word] = []
    var listens = false
    var keepsOpen = false
    var isIPv4 = false
    var isIPv6 = false
    var isUDP = false
    var isUnix = false
    var isVsock = false
    var isNumeric = false
    var isZero = false
    var broadcasts = false
    var debugs = false
    var isCRLF = false
    var receivesOnly = false
    var sendsOnly = false
    var passesDescriptor = false
    var halfClose = HalfClose.automatic
    var isBroker = false
    var isChat = false
    var proxy: Word?
    var proxyType: String?
    var proxyAuth: String?
    var proxyDNS: String?
    var wait: Word?
    var idle: Word?
    var delay: Word?
    var quit: Word?
    var count: Word?
    var maximumConnections: Word?
    var source: Word?
    var port: Word?
    var ttl: Word?
    var minimumTTL: Word?
    var typeOfService: Word?
    var receiveBuffer: Word?
    var sendBuffer: Word?
    var output: Word?
    var appends = false
    var hexDump: Word?
    var program: Word?
    var line: Word?
    /// Words for options that have the same values here: `--allow SPEC`.
    var allowed: [Word] = []
    var denied: [Word] = []
    var allowFile: Word?
    var denyFile: Word?
    var shared = CommonArguments()
}

extension NetcatArguments {
    /// A program speaks for itself.
    var runsProgram: Bool { program != nil || line != nil }
    /// Peers are joined to each other.
    var joinsPeers: Bool { isBroker || isChat }
    /// A connection is made, and nothing is said on it.
    var saysNothing: Bool { isZero || passesDescriptor }

    /// Standard input is not read, and its end is passed on, where there is such a thing: that is an input that has ended
    /// already.
    var endsAtOnce: Bool {
        receivesOnly && halfClose == .always && !isUDP && !saysNothing && !runsProgram && !joinsPeers
    }

    /// Whether a word is a range of ports or a list of them. A service's name may have a hyphen.
    static func isSeveralPorts(_ word: Word) -> Bool {
        let parts = word.text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "," }
        return parts.count > 1 && parts.allSatisfy { Decimal.isDigits($0) }
    }
}

extension NetcatArguments: RunArguments {
    /// The first `-v` is for nc's own lines; those after it are this program's.
    var common: CommonArguments {
        var common = shared
        if common.verbosity > 1 { common.verbosity -= 1 }
        return common
    }

    var wording: (any Wording)? {
        NetcatWording(
            host: isUnix || isVsock || listens ? nil : places.first?.text,
            port: isUnix || isVsock || listens ? nil : places.dropFirst().first?.text,
            isNumeric: isNumeric, isVerbose: shared.verbosity > 0, isTalkative: shared.verbosity > 1)
    }
}

extension ValueType where Value == Word {
    /// A word that is passed on as it is, once it is known to be a value of that type.
    static func checked<Other>(_ type: ValueType<Other>) -> Self {
        Self(placeholder: type.placeholder, completion: type.completion) { (word: Word) throws(UsageError) in
            _ = try type.parse(word)
            return word
        } show: { _ in
            nil
        }
    }

    /// A time after which nc quits; below zero, never.
    static var quitTime: Self {
        let limit = ValueType<Duration?>.limit
        return Self(placeholder: "SECONDS") { (word: Word) throws(UsageError) in
            if word.hasPrefix("-"), Decimal.isDigits(word.text.dropFirst()) { return "none" }
            _ = try limit.parse(word)
            return word
        } show: { _ in
            nil
        }
    }
}
