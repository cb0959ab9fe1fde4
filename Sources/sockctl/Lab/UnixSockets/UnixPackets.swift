import SockKit

/// A connection of packets.
enum UnixPackets: Experiment {
    static let title = "SOCK_SEQPACKET is both: a connection, and messages with boundaries"
    static let covers = [90]
    static let documents = [SourceDocument.processes]
    static let claim = """
        The network "unixpacket" stands for sockets inside one machine with the type SOCK_SEQPACKET. The document names it \
        beside the stream and the datagram type and says no more of it.
        """
    static let question = "A client writes two packets. What do reads return that have enough room, and too little?"

    static let expectations = [
        Expectation(
            says: "unixpacket is a type of its own: SOCK_SEQPACKET.",
            here: """
                the socket's type is {type}; it was dialled and accepted, and a read of 100 gave "{first}" although {total} \
                bytes waited
                """,
            why: """
                It has listen, accept and an end like a stream, and each read takes one packet like a datagram socket. AF_UNIX \
                is always reliable and in order.
                """,
            holds: .equal("type", "SOCK_SEQPACKET"), .equal("first", "hello")),
        Expectation(
            here: """
                a read of 3 gave "{cut}" of a packet of {length} bytes, and the next read gave "{next}", the next packet: \
                the rest was gone
                """,
            why: "As with datagrams: what does not fit is thrown away, and only MSG_TRUNC tells.",
            holds: .equal("cut", "wor"), .equal("length", 6), .equal("next", "end")),
        Expectation(
            here:
                "the longest packet had {longest} bytes, 32 less than the send buffer: {fits}; one byte more met {too long}",
            why: "A packet goes into the peer's queue as a whole or not at all, so it must fit the sender's buffer.",
            holds: .equal("fits", "nil"), .equal("too long", "EMSGSIZE")),
    ]

    static let commands = """
        1$ sockctl listen -vv --read-size 3 --max-accepts 1 unixpacket:/tmp/lab-unix-packets
        read      3 bytes, 3 bytes in all, connection 1
        a message of 6 bytes was cut to 3
        ...
        2$ printf 'world!' | sockctl dial -vv unixpacket:/tmp/lab-unix-packets
        wrote     6 bytes, 6 bytes in all, /tmp/lab-unix-packets
        ...
        """

    static let lesson = """
        Where both ends are on one machine, SEQPACKET spares you a framing of your own, and keeps the connection. Give every \
        read room for the longest packet.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen(.unixpacket, stage.abstractName)
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let type = server.connection.socketFacts?.pairs.first { $0.name == "type" }?.value ?? ""
        stage.kernel.says("server: \(type)", source: "SO_TYPE")
        stage.found("type", .text(type))

        await stage.step("The client writes three packets; the server reads with enough room, and with too little")
        for text in ["hello", "world!", "end"] { await client.write(text) }
        stage.found("total", 14)
        stage.found("first", .text(await server.read(100).string))
        let (message, bytes, _) = await server.receiveMessage(3)
        stage.found("cut", .text(String(decoding: bytes, as: UTF8.self)))
        stage.found("length", .number(message?.length ?? 0))
        stage.found("next", .text(await server.read(100).string))

        await stage.step("The longest packet")
        let buffer = stage.kernel.buffers(client)?.send ?? 0
        stage.found("longest", .bytes(buffer - 32))
        stage.found("fits", .text(await client.write([UInt8](repeating: 120, count: buffer - 32)).code))
        stage.found("too long", .text(await client.write([UInt8](repeating: 120, count: buffer - 31)).code))
    }
}
