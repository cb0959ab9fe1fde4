/// Something that happened and may be reported: to a person as a sentence, to a program as an object.
///
/// All that there is to know of an event stands in one file, its struct's. To add one is to write that file and to name
/// the struct in `EventList`.
protocol Event: Sendable {
    /// What `event` is in JSON. It never changes once it is released.
    static var name: String { get }
    static var level: EventLevel { get }
    /// When it is reported, as a sentence for the manual.
    static var summary: String { get }
    /// What is in its object after `event`, `time` and `elapsed`, in this order; the manual reads the same list.
    static var fields: [Field] { get }

    /// The members of this event's object.
    var members: [JSONValue.Member] { get }
    /// The event as lines for people, without the newline at the end.
    func text(on terminal: Terminal) -> String
}

extension Event {
    typealias Field = EventField<Self>

    var members: [JSONValue.Member] {
        Self.fields.compactMap { field in field.value(self).map { JSONValue.Member(field.name, $0) } }
    }

    /// The names of the event's own fields, and what each is, without those that any event may have.
    static var ownFields: [(name: String, meaning: String)] {
        fields.filter { !$0.isCommon }.map { ($0.name, $0.meaning) }
    }
}

/// What it takes for an event to be reported.
enum EventLevel: Sendable {
    /// Nothing; `--quiet` leaves it out.
    case always
    /// `-v`, or `--json`.
    case verbose
    /// `-vv`.
    case veryVerbose
    /// `-vv`, or `-v` with an option that is about single reads or writes.
    case transfer
    /// `--trace`.
    case trace
    /// Nothing at all: errors are always reported.
    case error
}
