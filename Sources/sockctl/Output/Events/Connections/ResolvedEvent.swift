import SockKit

struct ResolvedEvent: Event {
    static let name = "resolved"
    static let level = EventLevel.verbose
    static let summary = "A name has its addresses."
    static let fields = [
        Field("host", "The name.", \.host),
        Field("addresses", "What it stands for, in the order in which they are tried.") {
            $0.addresses.map(\.description)
        },
        Field("seconds", "How long that took.", \.time),
    ]

    let host: String
    let addresses: [IPAddress]
    let time: Duration

    func text(on terminal: Terminal) -> String {
        let list = addresses.map(\.description).joined(separator: ", ")
        return "resolved \(host.printable) to \(list) in \(Quantity.duration(time))"
    }
}
