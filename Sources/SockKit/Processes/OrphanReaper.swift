/// Takes from the process table what others have left to this process.
///
/// Whoever is process 1, as the command of a container is, inherits every process whose parent has gone, and would keep
/// each that ends as a zombie.
@Netpoller
enum OrphanReaper {
    private static let isNeeded = ProcessCalls.identifier == 1
    /// Those for whose end somebody waits.
    private static var own: Set<Int32> = []
    /// How many are being started, and have no number yet.
    private static var starting = 0
    private static var task: Task<Void, Never>?

    private static let interval = Duration.milliseconds(500)

    /// A program is about to be started.
    static func willStart() {
        guard isNeeded else { return }
        starting += 1
        guard task == nil else { return }
        task = Netpoller.spawn {
            while await Netpoller.sleep(for: interval) {
                reap()
            }
        }
    }

    /// Not while one is being started: who ends before its number is known would be taken for one of them.
    private static func reap() {
        while starting == 0, ChildCalls.reap(but: own) {}
    }

    /// It has been, as this process, or not at all.
    static func didStart(_ child: Int32?) {
        guard isNeeded else { return }
        starting -= 1
        if let child { own.insert(child) }
        // Where there is always one being started, the task finds no moment.
        reap()
    }

    /// Its end was waited for.
    static func didEnd(_ child: Int32) {
        guard isNeeded else { return }
        own.remove(child)
    }
}
