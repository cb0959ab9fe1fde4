import SockKit

extension Conductor {
    /// Reads the rules about peers before anybody is let in; SIGHUP then reads their files again.
    func gate(
        _ arguments: GateArguments, _ network: Network, _ resolver: Resolver
    ) async throws(RuleFailure) -> Gate? {
        let gate = try await Gate.open(arguments, network, resolver, reporter)
        if let gate, gate.hasFiles { onHangUp = { gate.readAgain() } }
        return gate
    }
}

extension Reporter {
    /// Reports why a command cannot tell whom to let in.
    func fail(_ error: RuleFailure) -> ExitStatus {
        report(FailedEvent(error.failure))
        return error.status
    }
}
