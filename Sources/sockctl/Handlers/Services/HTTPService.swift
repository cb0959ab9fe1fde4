import SockKit

/// Answers HTTP requests.
struct HTTPService: Service {
    let site: HTTPSite

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let conversation = conversation(with: peer)
        do throws(NetworkError) {
            switch try await conversation.advance() {
            case .rest: return .rest
            case .end(let ending): return ServiceEnd(by: ConnectionEnding(ending))
            }
        } catch {
            return try end(error)
        }
    }

    @Netpoller
    private func conversation(with peer: Peer) -> HTTPConversation {
        if let conversation = peer.conversation as? HTTPConversation { return conversation }
        let conversation = HTTPConversation(peer.stream, site)
        peer.conversation = conversation
        // The order to finish may have come when there was none that it could be given to.
        if peer.isFinishing { conversation.finish() }
        return conversation
    }

    /// Clients come and go as they like, and many go with a reset: that is no failure of the server's, which says of it no
    /// more than of any other end.
    @inline(never)
    private func end(_ error: NetworkError) throws(NetworkError) -> ServiceEnd {
        guard error.isLoss else { throw error }
        return ServiceEnd(by: ConnectionEnding(error))
    }
}

extension ConnectionEnding {
    init(_ ending: HTTPConversation.Ending) {
        self =
            switch ending {
            case .peer: .peer
            case .local: .local
            case .timeout: .timeout
            }
    }
}
