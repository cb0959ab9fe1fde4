import Testing

@testable import sockctl

/// Every flag of the netcats works here or is refused with what to use instead.
@Suite struct PeerFlagsTests {
    /// Their flags, each as its documents spell it.
    private static let tools: [(tool: String, flags: String)] = [
        (
            "nc.openbsd",
            "-4 -6 -b -C -D -d -F -h -I -i -k -l -M -m -N -n -O -P -p -q -r -S -s -T -t -U -u -V -v -W -w -X -x -Z"
        ),
        ("nc.traditional", "-b -C -g -G -h -i -k -l -n -o -p -q -r -s -T -t -u -v -w -e -c -z"),
        (
            "ncat",
            """
            -4 -6 -C -g -G -m -h -d -o -x -i -p -s -l -k -n -t -u -v -w -e -c -z -q -U --exec --sh-exec --zero --allow \
            --deny --allowfile --denyfile --broker --chat --unixsock --vsock --crlf --lua-exec --max-conns \
            --help --delay --output --hex-dump --idle-timeout --source-port --source --listen --keep-open --nodns --telnet \
            --udp --sctp --verbose --wait --append-output --send-only --recv-only --no-shutdown --proxy --proxy-type \
            --proxy-auth --proxy-dns --ssl --ssl-cert --ssl-key --ssl-verify --ssl-trustfile --ssl-ciphers \
            --ssl-servername --ssl-alpn --version
            """
        ),
        (
            "GNU netcat",
            """
            --close --help --interval --listen --tunnel --dont-resolve --output --local-port --randomize --source --tcp \
            --telnet --udp --verbose --version --hexdump --wait --exec --gateway --pointer --tunnel-port --tunnel-source \
            --zero
            """
        ),
    ]

    private static let flags = Array(
        Set(tools.flatMap { $0.flags.split(whereSeparator: \.isWhitespace).map(String.init) })
    )
    .sorted()

    @Test(arguments: flags)
    func `dial and listen know every flag, or say what to use`(flag: String) {
        for command in [DialCommand.command.info, ListenCommand.command.info] {
            #expect(isKnown(flag, to: command), "\(command.name)")
        }
    }

    @Test(arguments: flags)
    func `nc knows every flag of its namesakes, or says what to use`(flag: String) {
        #expect(isKnown(flag, to: NetcatCommand.command.info))
    }

    private func isKnown(_ flag: String, to command: CommandInfo) -> Bool {
        if command.foreignFlags.contains(where: { $0.spellings.contains(flag) }) { return true }
        return command.options.contains { row in
            flag.hasPrefix("--")
                ? ([row.name] + row.aliases).contains(String(flag.dropFirst(2))) : row.short == flag.last
        }
    }
}
