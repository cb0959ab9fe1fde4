/// What is said to people of an event, where it is not the event's own text.
protocol Wording: Sendable {
    /// The lines for an event; nil where nothing is to be said.
    func text(of event: any Event, on terminal: Terminal) -> String?
}
