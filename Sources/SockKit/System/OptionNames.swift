/// The names that setsockopt(2)'s levels and options have on Linux, <asm-generic/socket.h> and its like.
package enum OptionNames {
    private struct Level {
        let number: Int32
        /// Its spellings, the one for errors first.
        let names: [String]
        /// What its options' names begin with.
        let prefix: String
        /// Names without the prefix, each with its number.
        let options: [Substring: Int32]
    }

    /// The number of a level, by name in any case or by number.
    package static func level(_ text: String) -> Int32? {
        levels.first { $0.names.contains { $0.lowercased() == text.lowercased() } }?.number ?? number(text)
    }

    /// The number of an option of a level, by name or by number.
    package static func option(_ text: String, of level: Int32) -> Int32? {
        let upper = text.uppercased()
        let known = levels.first { $0.number == level }
        let bare = known.map { upper.hasPrefix($0.prefix) ? upper.dropFirst($0.prefix.count) : upper[...] }
        return bare.flatMap { known?.options[$0] } ?? number(text)
    }

    /// How an option is written in errors and traces: names where it has any.
    package static func name(level: Int32, option: Int32) -> String {
        guard let known = levels.first(where: { $0.number == level }) else { return "\(level):\(option)" }
        let name = known.options.first { $0.value == option }.map { known.prefix + $0.key }
        return "\(known.names[0]):\(name ?? String(option))"
    }

    /// The levels that have names.
    package static let levelNames = levels.map { $0.names[0] }

    /// The names of a level's options.
    package static func optionNames(of level: Int32) -> [String] {
        levels.first { $0.number == level }.map { known in known.options.keys.map { known.prefix + $0 }.sorted() } ?? []
    }

    private static func number(_ text: String) -> Int32? {
        text.hasPrefix("0x") ? Int32(text.dropFirst(2), radix: 16) : Int32(text)
    }

    private static let levels = [
        Level(
            number: 1, names: ["SOL_SOCKET", "socket"], prefix: "SO_",
            options: table(
                """
                DEBUG 1 REUSEADDR 2 TYPE 3 ERROR 4 DONTROUTE 5 BROADCAST 6 SNDBUF 7 RCVBUF 8 KEEPALIVE 9 OOBINLINE 10
                NO_CHECK 11 PRIORITY 12 LINGER 13 REUSEPORT 15 PASSCRED 16 RCVLOWAT 18 SNDLOWAT 19 RCVTIMEO 20 SNDTIMEO 21
                BINDTODEVICE 25 TIMESTAMP 29 SNDBUFFORCE 32 RCVBUFFORCE 33 PASSSEC 34 TIMESTAMPNS 35 MARK 36
                TIMESTAMPING 37 RXQ_OVFL 40 PEEK_OFF 42 LOCK_FILTER 44 BUSY_POLL 46 MAX_PACING_RATE 47 INCOMING_CPU 49
                ZEROCOPY 60 BINDTOIFINDEX 62 PREFER_BUSY_POLL 69 BUSY_POLL_BUDGET 70 RESERVE_MEM 73 TXREHASH 74
                """)),
        Level(
            number: 6, names: ["IPPROTO_TCP", "SOL_TCP", "tcp"], prefix: "TCP_",
            options: table(
                """
                NODELAY 1 MAXSEG 2 CORK 3 KEEPIDLE 4 KEEPINTVL 5 KEEPCNT 6 SYNCNT 7 LINGER2 8 DEFER_ACCEPT 9
                WINDOW_CLAMP 10 QUICKACK 12 CONGESTION 13 MD5SIG 14 THIN_LINEAR_TIMEOUTS 16 THIN_DUPACK 17
                USER_TIMEOUT 18 FASTOPEN 23 TIMESTAMP 24 NOTSENT_LOWAT 25 SAVE_SYN 27 FASTOPEN_CONNECT 30 ULP 31
                FASTOPEN_KEY 33 FASTOPEN_NO_COOKIE 34 INQ 36 TX_DELAY 37
                """)),
        Level(
            number: 0, names: ["IPPROTO_IP", "SOL_IP", "ip"], prefix: "IP_",
            options: table(
                """
                TOS 1 TTL 2 OPTIONS 4 RECVOPTS 6 PKTINFO 8 MTU_DISCOVER 10 RECVERR 11 RECVTTL 12 RECVTOS 13 FREEBIND 15
                TRANSPARENT 19 MINTTL 21 NODEFRAG 22 BIND_ADDRESS_NO_PORT 24 MULTICAST_IF 32 MULTICAST_TTL 33
                MULTICAST_LOOP 34 MULTICAST_ALL 49 UNICAST_IF 50 LOCAL_PORT_RANGE 51
                """)),
        Level(
            number: 41, names: ["IPPROTO_IPV6", "SOL_IPV6", "ipv6"], prefix: "IPV6_",
            options: table(
                """
                ADDRFORM 1 UNICAST_HOPS 16 MULTICAST_IF 17 MULTICAST_HOPS 18 MULTICAST_LOOP 19 MTU_DISCOVER 23 MTU 24
                RECVERR 25 V6ONLY 26 RECVPKTINFO 49 RECVHOPLIMIT 51 DONTFRAG 62 RECVTCLASS 66 TCLASS 67
                AUTOFLOWLABEL 70 ADDR_PREFERENCES 72 MINHOPCOUNT 73 TRANSPARENT 75 UNICAST_IF 76 FREEBIND 78
                """)),
        Level(
            number: 17, names: ["SOL_UDP", "IPPROTO_UDP", "udp"], prefix: "UDP_",
            options: table("CORK 1 NO_CHECK6_TX 101 NO_CHECK6_RX 102 SEGMENT 103 GRO 104")),
        Level(
            number: 40, names: ["AF_VSOCK", "vsock"], prefix: "SO_VM_SOCKETS_",
            options: table("BUFFER_SIZE 0 BUFFER_MIN_SIZE 1 BUFFER_MAX_SIZE 2 CONNECT_TIMEOUT 6")),
    ]

    private static func table(_ text: String) -> [Substring: Int32] {
        let words = text.split(whereSeparator: \.isWhitespace)
        return Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: words.count, by: 2).map { (words[$0], Int32(words[$0 + 1]) ?? 0) }
        )
    }
}
