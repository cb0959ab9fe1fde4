/// `blocking`: recv(2) and send(2) wait. While one client is silent, the thread can serve nobody else.
struct BlockingModel: IOModelEngine {
    func serve(_ thread: IOModelThread) {
        for client in thread.arrivals() {
            let isReady = client.prepare("fcntl") { number throws(Errno) in
                try BlockingCalls.setBlocking(true, number)
            }
            while isReady, client.step() != .over {}
        }
    }
}
