import SockKit

/// One behaviour of the documents, made to happen on this machine.
///
/// All that there is to say of it stands in one file of its chapter's folder, named after its type. `sockctl generate`
/// puts it in the course.
protocol Experiment: SendableMetatype {
    /// What it shows, as a line without a full stop.
    static var title: String { get }
    /// The behaviours of the list B01 to B120 that it shows. The first decides where in its chapter it stands.
    static var covers: [Int] { get }
    /// Where they are described; empty if no document has them.
    static var documents: [SourceDocument] { get }
    /// What the documents claim, as sentences.
    static var claim: String { get }
    /// What is to be found out.
    static var question: String { get }
    /// What must be seen here, and what that says of the claim.
    static var expectations: [Expectation] { get }
    /// The same by hand, in the notation of the manual's examples: `1$ sockctl …` in the first terminal, and below it what
    /// it prints.
    static var commands: String { get }
    /// What to remember, in two or three sentences.
    static var lesson: String { get }

    /// Makes it happen. What it measures, under the names that the expectations use, is kept by the stage.
    @Netpoller
    static func run(_ stage: Stage) async throws(Interruption)
}

extension Experiment {
    /// The type's name as a person types it: `ShortRead` is `short-read`. Where another type has the name already, it ends
    /// in `Experiment`: `HalfCloseExperiment` is `half-close`.
    static var name: String {
        var name = ""
        for character in "\(Self.self)".replacing(/Experiment$/, with: "") {
            if character.isUppercase, !name.isEmpty { name += "-" }
            name += character.lowercased()
        }
        return name
    }

    static var documents: [SourceDocument] { [] }

    /// The lines of `commands` that a person types.
    static var typedLines: [String] {
        commands.split(separator: "\n").map(String.init).filter { $0.wholeMatch(of: /[0-9]?\$ .*/) != nil }
    }
}

/// Why an experiment came to no verdict.
enum Interruption: Error {
    /// Something failed that should not have.
    case failure(NetworkError)
    /// This machine or user lacks something: the sentence says what.
    case notRun(String)
}

/// The documents that the course is about.
enum SourceDocument: String, CaseIterable, Sendable {
    case basics = "000"
    case server = "001"
    case processes = "002"
    case internals = "003"
    case sockets = "004"

    var title: String {
        switch self {
        case .basics: "Network programming with TCP, UDP and HTTP"
        case .server: "Web TCP server"
        case .processes: "Go sockets and inter-process communication"
        case .internals: "How Go's network programming is implemented"
        case .sockets: "Sockets, from the example to the system call"
        }
    }
}

/// The parts of the course, in the order in which they are taught. Each is a folder of experiments.
enum Chapter: String, CaseIterable, Sendable {
    case listening = "Listening"
    case acceptQueue = "AcceptQueue"
    case dialling = "Dialling"
    case deadlines = "Deadlines"
    case reading = "Reading"
    case writing = "Writing"
    case closing = "Closing"
    case datagrams = "Datagrams"
    case unixSockets = "UnixSockets"
    case systemCalls = "SystemCalls"
    case framing = "Framing"
    case http = "HTTP"

    var title: String {
        switch self {
        case .listening: "Listening"
        case .acceptQueue: "The accept queue"
        case .dialling: "Dialling"
        case .deadlines: "Deadlines"
        case .reading: "Reading"
        case .writing: "Writing"
        case .closing: "Closing"
        case .datagrams: "Datagrams"
        case .unixSockets: "Unix sockets"
        case .systemCalls: "System calls"
        case .framing: "Framing"
        case .http: "HTTP"
        }
    }
}
