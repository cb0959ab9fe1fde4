/// All events, in the order of the manual.
enum EventList {
    static let all: [any Event.Type] = [
        ListeningEvent.self, ResolvedEvent.self, ConnectingEvent.self, AttemptFailedEvent.self,
        SYNRetransmittedEvent.self, ConnectedEvent.self, ProxiedEvent.self, AcceptedEvent.self, TLSEvent.self,
        TLSFailedEvent.self,
        InsecureEvent.self,
        CertificateEvent.self, FeatureEvent.self,
        SocketOptionsEvent.self,
        FirstByteEvent.self, ReadEvent.self, WroteEvent.self, DatagramReceivedEvent.self, DatagramSentEvent.self,
        MessageEvent.self, AcknowledgedEvent.self, ReplyEvent.self, GapEvent.self, DroppedEvent.self,
        HalfClosedEvent.self, InputUnfinishedEvent.self, MessageCutEvent.self, InputDroppedEvent.self,
        StartedEvent.self, ChildErrorEvent.self, ExitedEvent.self,
        UnansweredEvent.self, KeepAliveEvent.self, ClosedEvent.self, FailedEvent.self, RetryingEvent.self,
        DisconnectedEvent.self, ReconnectedEvent.self, HeartbeatEvent.self, HeartbeatAnsweredEvent.self,
        RoundTripEvent.self, PeerRefusedEvent.self, StoppingEvent.self, DialledEvent.self, QueueEvent.self,
        ScannedEvent.self,
        ProbingEvent.self, BlockedEvent.self, UnblockedEvent.self, PeerReadEvent.self, PeerEndedEvent.self,
        AnsweredEvent.self, RequestRefusedEvent.self, HeadEvent.self, ReportsLostEvent.self, TornEvent.self,
        WaitedEvent.self, RequestSentEvent.self, ResponseReceivedEvent.self, ExchangeEndedEvent.self,
        RedirectedEvent.self, NotRedirectedEvent.self, NotRetriedEvent.self, StaleConnectionEvent.self,
        ResumingEvent.self, PartialFileEvent.self, ExperimentEvent.self, HappenedEvent.self, FoundEvent.self,
        VerdictEvent.self, ExperimentEndedEvent.self,
        SlowEvent.self, RulesReadEvent.self, JoinedEvent.self, TargetDownEvent.self, TargetUpEvent.self,
        ProxyHeaderEvent.self, ReplayedEvent.self, DifferenceEvent.self,
        FaultEvent.self,
        SystemCallEvent.self, SummaryEvent.self,
    ]
}
