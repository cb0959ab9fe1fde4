// Written by `sockctl generate`: whatever stands in a chapter's folder.

enum ExperimentList {
    static func experiments(of chapter: Chapter) -> [any Experiment.Type] {
        switch chapter {
        case .listening:
            [
                AcceptRetries.self,
                AddressForms.self,
                AddressInUse.self,
                BadClient.self,
                BothFamilies.self,
                CannotListen.self,
                CloseUnblocks.self,
                ManyClients.self,
                RestartAfterClose.self,
                TimeServer.self,
            ]
        case .acceptQueue:
            [
                AbortOnOverflow.self,
                AcceptQueue.self,
                Burst.self,
                ConnectedNotAccepted.self,
                FullUnixQueue.self,
                ListenerCloses.self,
                NeverAccepted.self,
                SlotFrees.self,
            ]
        case .dialling:
            [
                CancelDial.self,
                EphemeralPorts.self,
                ErrorText.self,
                HappyEyeballs.self,
                LocalAddress.self,
                NineNetworks.self,
                NoRoute.self,
                PartialDeadlines.self,
                RefusedOrFiltered.self,
                ResolveInBudget.self,
                SelfConnect.self,
                WhoseTimeout.self,
                WrongNetwork.self,
            ]
        case .deadlines:
            [
                IdleGoodbye.self,
                MovedDeadline.self,
                StickyDeadline.self,
                TimedOutServer.self,
                TimerPrecision.self,
                WriteDeadline.self,
            ]
        case .reading:
            [
                ConcurrentReads.self,
                EofOrTimeout.self,
                FullDuplex.self,
                ParkedRead.self,
                ShortRead.self,
                StreamOrder.self,
                ZeroLengthRead.self,
            ]
        case .writing:
            [
                BlockedOrFull.self,
                Nagle.self,
                NormalWrite.self,
                PartialWrite.self,
                SlowReader.self,
                TornWrites.self,
                WriteBlocks.self,
            ]
        case .closing:
            [
                DrainThenEnd.self,
                FinOrRst.self,
                HalfCloseExperiment.self,
                HeartbeatExperiment.self,
                KeepAliveExperiment.self,
                RstOnUnread.self,
                Sigpipe.self,
                SilentConnection.self,
                UserTimeout.self,
                WriteAfterClose.self,
            ]
        case .datagrams:
            [
                EmptyOrEnd.self,
                LongestDatagram.self,
                LostOrRefused.self,
                OneSocketManyServers.self,
                UdpLocalPort.self,
                UdpLoss.self,
                UdpRefused.self,
                UdpServer.self,
                UdpTruncation.self,
                ZeroDatagram.self,
            ]
        case .unixSockets:
            [
                UnixDatagrams.self,
                UnixPackets.self,
                UnixPaths.self,
                UnixStream.self,
            ]
        case .systemCalls:
            [
                BlockedBySilence.self,
                ControlHook.self,
                EpollBehindTheRead.self,
                IoModels.self,
                ListenOrDial.self,
                NonblockingFromBirth.self,
                OneThreadManyWaiters.self,
                SelectLimit.self,
                SocketIsAFile.self,
                SocketNumbers.self,
                SystemCallWalk.self,
            ]
        case .framing:
            [
                FloodGuard.self,
                FramedMessages.self,
                HelloServer.self,
                OversizedLength.self,
                PacketProtocol.self,
                RequestResponse.self,
                StickyPackets.self,
            ]
        case .http:
            [
                DefaultPort.self,
                ExpectContinue.self,
                GetByHand.self,
                HttpGetErrors.self,
                HttpTimeouts.self,
                IdlePool.self,
                KeepAliveReuse.self,
                TimeAndHeaders.self,
                TwoKeepAlives.self,
                WholeExchange.self,
            ]
        }
    }
}
