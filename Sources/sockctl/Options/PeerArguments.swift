/// What `listen` and `dial` share: all that concerns a peer once there is one.
struct PeerArguments: Equatable, Sendable {
    var network = NetworkArguments()
    var ending = EndingArguments()
    var deadlines = DeadlineArguments()
    var pace = PaceArguments()
    var waiting = WaitingArguments()
    var transfer = TransferArguments()
    var frame = FrameArguments()
    var program = ProgramArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<PeerArguments>] =
        NetworkArguments.rows.lifted(through: \.network)
        + EndingArguments.rows.lifted(through: \.ending)
        + DeadlineArguments.rows.lifted(through: \.deadlines)
        + TransferArguments.rows.lifted(through: \.transfer)
        + PaceArguments.rows.lifted(through: \.pace)
        + WaitingArguments.rows.lifted(through: \.waiting)
        + FrameArguments.rows.lifted(through: \.frame)
        + ProgramArguments.rows.lifted(through: \.program)
        + SocketArguments.rows.lifted(through: \.socket)
        + CommonArguments.rows.lifted(through: \.common)

    /// The options that any way of using a connection honours: those of the network, the socket and the reports.
    static let plainNames = Set(
        (NetworkArguments.rows.map(\.info) + SocketArguments.rows.map(\.info) + CommonArguments.rows.map(\.info))
            .map(\.name))
}
