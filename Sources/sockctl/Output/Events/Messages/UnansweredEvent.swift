struct UnansweredEvent: Event {
    static let name = "unanswered"
    static let level = EventLevel.always
    static let summary = "So many submits were unanswered when the connection broke."
    static let fields = [Field("count", "How many.", \.count)]

    let count: Int

    func text(on terminal: Terminal) -> String { "\(Quantity.count(count, "submit")) unanswered" }
}
