import SockKit

extension Conductor {
    /// Reads the rules about peers before anybody is let in; SIGHUP then reads their files again.
    func gate(
        _ arguments: GateArguments, _ network: Network, _ resolver: Resolver
    ) async throws(RuleFailure) -> Gate? {
        let gate = try await Gate.open(arguments, network, resolver, reporter)
        rereads(gate, nil)
        return gate
    }

    /// Has SIGHUP read the files again that say who is let in, and who this is. Where there are none it ends the
    /// program: a server whose terminal was closed is not to go on for ever.
    func rereads(_ gate: Gate?, _ security: PeerSecurity?) {
        guard gate?.hasFiles == true || security?.hasFiles == true else { return }
        onHangUp = {
            if let gate, gate.hasFiles { gate.readAgain() }
            security?.readAgain()
        }
    }
}

extension Reporter {
    /// Reports why a command cannot tell whom to let in.
    func fail(_ error: RuleFailure) -> ExitStatus {
        report(FailedEvent(error.failure))
        return error.status
    }
}
