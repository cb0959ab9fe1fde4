import Testing

@testable import sockctl

/// nc's command lines, and what they are here.
@Suite struct NetcatTranslationTests {
    private static func line(_ translation: NetcatTranslation) -> String {
        let words = translation.options + translation.place + translation.program
        return "\(translation.command) " + words.map(\.text).joined(separator: " ")
    }

    private func translate(_ line: String) throws(UsageError) -> String {
        let words = line.split(separator: " ").map { Word(String($0)) }
        guard case .arguments(let arguments) = try NetcatCommand.command.parse(words) else { return "help" }
        return Self.line(try NetcatTranslation(arguments))
    }

    @Test(arguments: [
        ("127.0.0.1 3000", "dial 127.0.0.1 3000"),
        ("-N 127.0.0.1 3000", "dial -N 127.0.0.1 3000"),
        ("-q 1 host http", "dial --quit-after=1 host http"),
        ("-q -1 host 80", "dial --quit-after=none host 80"),
        ("-w5 host 80", "dial --idle-timeout=5 --timeout=5 host 80"),
        ("-u -w1 host 53", "dial -u --idle-timeout=1 --input-grace=1 --timeout=1 host 53"),
        ("-u -w0 host 53", "dial -u --quit-after=0 --input-grace=0 host 53"),
        ("-w 0 host 80", "dial --quit-after=0 --timeout=100ms host 80"),
        ("-z -w0 host 22", "dial -z --timeout=100ms host 22"),
        ("-w 0 -q 2 host 80", "dial --quit-after=2 --timeout=100ms host 80"),
        ("-d -w 0 host 80", "dial --recv-only --idle-timeout=0 --timeout=100ms host 80"),
        ("-s 127.0.0.2 -p 4000 host 80", "dial --source=127.0.0.2 --source-port=4000 host 80"),
        ("-46n host 80", "refused"), ("-4nC host 80", "dial -4 -n -C host 80"),
        ("-d host 80", "dial --recv-only host 80"), ("-i 2 host 80", "dial --delay=2 host 80"),
        ("-bu 10.0.0.255 9", "dial -u --setsockopt SOL_SOCKET:SO_BROADCAST:1 10.0.0.255 9"),
        ("-D host 80", "dial --setsockopt SOL_SOCKET:SO_DEBUG:1 host 80"),
        (
            "-I 1024 -O 2048 -M 5 -m 4 -T lowdelay host 80",
            "dial --rcvbuf=1024 --sndbuf=2048 --ttl=5 --min-ttl=4 --tos=lowdelay host 80"
        ),
        ("-u -W 2 host 53", "dial -u --count=2 host 53"), ("-F host 22", "dial --pass-fd host 22"),
        ("-x proxy host 80", "dial --proxy=socks5h://proxy:1080 host 80"),
        ("-x [::1]:9 -X 4 host 80", "dial --proxy=socks4://[::1]:9 host 80"),
        ("-x proxy -X connect host 80", "dial --proxy=http://proxy:3128 host 80"),
        (
            "--proxy [::1] --proxy-type http --proxy-auth a@n:b:c host 80",
            "dial --proxy=http://a%40n:b%3Ac@[::1]:3128 host 80"
        ),
        ("-x p:1 --proxy-type socks5 --proxy-dns local host 80", "dial --proxy=socks5://p:1 host 80"),
        ("-x p:1 --proxy-type socks4 --proxy-dns remote -z host 80", "dial -z --proxy=socks4a://p:1 host 80"),
        ("-U /tmp/x", "dial -U /tmp/x"), ("-uU /tmp/x", "dial -u -U /tmp/x"),
        ("--vsock 2 1024", "dial --network vsock 2 1024"),
        ("-vv host 80", "dial host 80"), ("--recv-only host 80", "dial --recv-only host 80"),
        ("--send-only --no-shutdown host 80", "dial --send-only --no-shutdown host 80"),
        ("--idle-timeout 5 host 80", "dial --idle-timeout=5 host 80"),
        ("--hex-dump f --output g --append-output host 80", "dial --append --output=g --hex-dump=f host 80"),
    ])
    func `what connects is dial`(line: String, wanted: String) throws {
        if wanted == "refused" {
            #expect(throws: UsageError.self) { try translate(line) }
        } else {
            #expect(try translate(line) == wanted)
        }
    }

    @Test(arguments: [
        ("-l 3000", "listen -4 :3000"), ("-lp 3000", "listen -4 :3000"), ("-l -p 3000", "listen -4 :3000"),
        ("-lvnp 3000", "listen -4 -n :3000"), ("-6l 3000", "listen -6 :3000"),
        ("-ul 53", "listen -4 -u --input-grace=none :53"),
        ("-l localhost 3000", "listen localhost 3000"), ("-l ::1 3000", "listen ::1 3000"),
        ("-l -s 127.0.0.1 -p 3000", "listen 127.0.0.1 3000"), ("-s 127.0.0.1 -l 3000", "listen 127.0.0.1 3000"),
        ("-lk 3000", "listen -4 -k :3000"), ("-lw 5 3000", "listen -4 --idle-timeout=5 :3000"),
        ("-lN 3000", "listen -4 -N :3000"), ("-lU /tmp/x", "listen -U /tmp/x"),
        ("-l -k --max-conns 3 3000", "listen -4 -k --max-conns=3 :3000"),
        ("-l --vsock 1024", "listen --network vsock any 1024"),
        ("-l --broker 3000", "listen -4 --serve broker :3000"), ("-l --chat 3000", "listen -4 --serve chat :3000"),
        ("-l --allow 10.0.0.0/8 --deny 10.0.0.1 3000", "listen -4 --allow=10.0.0.0/8 --deny=10.0.0.1 :3000"),
        ("-l --allowfile a --denyfile b 3000", "listen -4 --allow-file=a --deny-file=b :3000"),
    ])
    func `what waits is listen`(line: String, wanted: String) throws {
        #expect(try translate(line) == wanted)
    }

    @Test(arguments: [
        ("-z host 22", "dial -z host 22"), ("-zv -w1 host 20-30", "dial -z --timeout=1 host 20-30"),
        ("-znu host 53 67-69", "dial -u -n -z host 53,67-69"),
    ])
    func `a scan is dial -z, with all its ports in one word`(line: String, wanted: String) throws {
        #expect(try translate(line) == wanted)
    }

    @Test func `a program's words stand last`() throws {
        #expect(try translate("-l -e /bin/cat 3000") == "listen -4 :3000 -e -- /bin/cat")
        let words: [Word] = ["host", "80", "-e", "/bin/cat -u", "-C"]
        guard case .arguments(let arguments) = try NetcatCommand.command.parse(words) else { return }
        let translation = try NetcatTranslation(arguments)
        #expect(translation.options == ["-C"] && translation.place == ["host", "80"])
        #expect(translation.program == ["-e", "--", "/bin/cat", "-u"])
    }

    @Test func `a line of the shell stays one word`() throws {
        guard case .arguments(let arguments) = try NetcatCommand.command.parse(["-lk", "3000", "-c", "sort; echo end"])
        else { return }
        let translation = try NetcatTranslation(arguments)
        #expect(translation.options == ["-4", "-k"] && translation.place == [":3000"])
        #expect(translation.program == ["--sh-exec=sort; echo end"])
    }

    @Test(arguments: ["-h", "--help", "-ctouch x", "--exec", "--", "-z", "--send=x"])
    func `what follows -- is a place, however it begins`(host: String) throws {
        guard case .arguments(let given) = try NetcatCommand.command.parse(["--", Word(host), "80"]) else { return }
        let dialling = try NetcatTranslation(given).parsed(by: DialCommand.command)
        guard case .arguments(var plain) = try DialCommand.command.parse(["host", "80"]) else { return }
        (plain.address, plain.given) = ([Word(host), "80"], dialling.given)
        let options = DialCommand.command.rows.map(\.info).filter { !$0.isPositional }.map(\.name)
        #expect(dialling == plain && !dialling.given.containsAny(of: options))
        guard case .arguments(let waiting) = try NetcatCommand.command.parse(["-lU", "--", Word(host)]) else { return }
        let listening = try NetcatTranslation(waiting).parsed(by: ListenCommand.command)
        #expect(listening.address == [Word(host)] && !listening.peer.program.isWanted && listening.peer.network.isUnix)
    }

    @Test func `a value is a value, however it begins`() throws {
        guard case .arguments(let given) = try NetcatCommand.command.parse(["-c--exec", "-s-k", "host", "80"]) else {
            return
        }
        let dialling = try NetcatTranslation(given).parsed(by: DialCommand.command)
        #expect(dialling.peer.program.line == "--exec" && dialling.source == "-k")
    }

    @Test(arguments: [
        ("-dvzw1 host 22", "dial -z --timeout=1 host 22"), ("-zvN host 22", "dial -z host 22"),
        ("-z -C -q 1 -W 2 -i 1 host 22", "dial -z host 22"),
        ("-z --no-shutdown --send-only host 22", "dial -z host 22"),
        ("-z -p 4000 host 22", "dial -z --source-port=4000 host 22"), ("-z host 30-20,80", "dial -z host 20-30,80"),
        ("-F -N -C -d -q 0 host 22", "dial --pass-fd host 22"),
        ("-l -p 3000 -q 0 -d -N -e /bin/date", "listen -4 :3000 -e -- /bin/date"),
        ("-d -C -e /bin/date host 80", "dial -C host 80 -e -- /bin/date"),
        ("-d -q 1 host 80", "dial --recv-only host 80"), ("-d -C -i 1 host 80", "dial --recv-only host 80"),
        ("-d -N host 80", "dial -N host 80"), ("-l --broker -d 3000", "listen -4 --recv-only --serve broker :3000"),
        ("-u -d -w 3 host 53", "dial -u --recv-only --idle-timeout=3 --timeout=3 host 53"),
        ("-ul -d -w 5 3000", "listen -4 -u --recv-only --idle-timeout=5 :3000"),
        ("-l --broker -N 3000", "listen -4 --serve broker :3000"),
        ("-l --chat -q 1 3000", "listen -4 --serve chat :3000"), ("-lk -q 1 3000", "listen -4 -k :3000"),
        ("-luk -q 1 3000", "listen -4 -u --quit-after=1 --input-grace=none -k :3000"),
        ("-lud -N 3000", "listen -4 -u --recv-only -N :3000"),
        ("-u --no-shutdown host 53", "dial -u host 53"),
        ("--no-shutdown -N host 80", "dial -N host 80"), ("-N --no-shutdown host 80", "dial --no-shutdown host 80"),
    ])
    func `flags that have no meaning beside others are let be, as nc lets them, and the command takes the rest`(
        line: String, wanted: String
    ) throws {
        #expect(try translate(line) == wanted)
        let words = line.split(separator: " ").map { Word(String($0)) }
        guard case .arguments(let arguments) = try NetcatCommand.command.parse(words) else { return }
        let translation = try NetcatTranslation(arguments)
        switch translation.command {
        case .dial: _ = try translation.parsed(by: DialCommand.command)
        case .listen: _ = try translation.parsed(by: ListenCommand.command)
        }
    }

    @Test(arguments: [
        ("", "a host and a port are missing"), ("host", "a port is missing"), ("-l", "a port is missing"),
        ("host:80", "'host:80' is one word, and nc takes two"), ("-l 127.0.0.1:80", "'127.0.0.1:80' is one word"),
        ("host 20-30", "20-30 is more than one port"), ("host 20 30", "20 30 is more than one port"),
        ("-l 20-30", "'20-30' is more than one port"), ("-l a 1 2", "nc listens on one port"),
        ("-l -p 3000 host", "'-p 3000' names the port to listen on already"), ("-U", "a path is missing"),
        ("-U a b", "a path is one word"), ("-k host 80", "it needs '-l'"), ("-lz 80", "'-z' connects, and '-l' waits"),
        ("-lF 80", "leave out '-l'"), ("-w abc host 80", "'-w': 'abc' is not a duration"),
        ("-M 300 host 80", "'-M': '300' is not a number from 1 to 255"), ("-T foo host 80", "'-T': 'foo'"),
        ("-e a -c b host 80", "'-e' and '-c' exclude each other"),
        ("-x proxy:1 -l 80", "'-x' connects, and '-l' waits"), ("-X 5 host 80", "give '-x' too"),
        ("-x proxy -X 6 host 80", "'-X': '6' is none of"),
        ("-x http://u:p@proxy:1 host 80", "'-x': a proxy is named by its host and port alone, without a scheme"),
        ("-o f host 80", "--hex-dump FILE or --output FILE"),
        ("--allow 10.0.0.1 host 80", "'--allow' is about peers that are waited for"),
        ("--denyfile f host 80", "'--denyfile' is about peers that are waited for"),
        ("-lU -p 3000 path", "'-p 3000' is about IP addresses"), ("-lU -s a path", "'-s a' is about IP addresses"),
        ("-l -s a b 3000", "'-s a' and 'b' both say at which address"), ("-z -e x host 22", "'-z' says nothing"),
        ("-z -i 1 host 22 23", "'-i' is a pause between two ports"), ("-zF host 22", "'-F' hands it over"),
        ("-z --output f host 22", "'-z' receives nothing"), ("-W 2 host 80", "it needs '-u'"),
        ("-u -e x host 80", "'-u' makes none"), ("-u -i 1 host 80", "'-u' makes none"),
        ("-l --chat -C 3000", "'-C' has no effect"), ("-l --broker -e x 3000", "leave the program out"),
        ("--hexdump host 80", "use --hex-dump FILE"),
        ("--ssl host 443", "sockctl dial --tls"), ("-y host 80", "unknown option '-y'"),
    ])
    func `what cannot be is refused with nc's own flags`(line: String, wanted: String) {
        let error = #expect(throws: UsageError.self) { try translate(line) }
        #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
    }
}
