/// The commands of the program, in the order of its documents. To add one is to write its type and to name it here.
enum CommandTable {
    static let all: [any Subcommand.Type] = [
        ListenCommand.self, DialCommand.self, ForwardCommand.self, HTTPServeCommand.self, HTTPGetCommand.self,
        UDPSendCommand.self,
        UDPReceiveCommand.self, BacklogProbeCommand.self, WriteBlockProbeCommand.self, LabCommand.self,
        NetcatCommand.self,
    ]

    static func command(named name: String) -> (any Subcommand.Type)? { all.first { $0.name == name } }
}
