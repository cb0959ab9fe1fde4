struct ReportsLostEvent: Event {
    static let name = "reports-lost"
    static let level = EventLevel.always
    static let summary = "Nobody read the reports for so long that some were dropped."
    static let fields = [Field("count", "How many.", \.count)]

    let count: Int

    func text(on terminal: Terminal) -> String {
        "\(Quantity.count(count, "report")) lost: nobody read them in time"
    }
}
