import SockKit
@main
enum Sockctl {
    static func main() {
        _ = Netpoller.run {
            do {
                let l = try await ListenConfiguration(backlog: 4096).listen(.tcp, "127.0.0.1:7777")
                print("listening", l.endpoint)
                while true {
                    let c = try await l.accept()
                    Netpoller.spawn { await serve(c) }
                }
            } catch { print(error) }
            return 0
        }
    }
    @Netpoller static func serve(_ c: Connection) async {
        defer { c.close() }
        do {
            while true {
                let chunk = try await c.readChunk()
                if chunk.isEmpty { return }
                try await c.write(chunk)
                chunk.giveBack()
            }
        } catch { print(error) }
    }
}
