/// `spin`: goes round all sockets and asks each whether it has something, without ever waiting.
struct SpinModel: IOModelEngine {
    func serve(_ thread: IOModelThread) {
        var clients: [IOModelClient] = []
        repeat {
            clients += thread.arrivals()
            clients.removeAll { $0.step() == .over }
        } while !clients.isEmpty
    }
}
