import SockKit

/// The sockets that a service manager gives to a program that it starts, sd_listen_fds(3).
struct ActivatedSockets {
    private let count: Int
    private let names: [String]

    /// The first descriptor, SD_LISTEN_FDS_START.
    private static let first: Int32 = 3

    /// Reads what the environment says, and takes it out of there: it is meant for this process, and for none that it
    /// starts.
    init() throws(UsageError) {
        let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        let values = variables.map(ProcessCalls.environment)
        variables.forEach(ProcessCalls.removeEnvironment)
        try self.init(process: values[0], count: values[1], names: values[2], own: ProcessCalls.identifier)
    }

    /// The same of these values, for a process of that number.
    init(process: String?, count: String?, names: String?, own: Int32) throws(UsageError) {
        let hint = "start it with a .socket unit, or: systemd-socket-activate -l 3000 sockctl listen --activated"
        guard let process, let count else {
            throw UsageError("'--activated': no socket was given: LISTEN_PID and LISTEN_FDS are not set", hint: hint)
        }
        guard Int32(process) == own else {
            throw UsageError(
                "'--activated': the sockets are for the process \(process), and this is \(own)",
                hint: "let the service manager start this program itself, not a shell that does")
        }
        guard let number = Int(count), number > 0, number < 4096 else {
            throw UsageError("'--activated': LISTEN_FDS is '\(count)', which is no number of sockets", hint: hint)
        }
        self.count = number
        self.names = names.map { $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init) } ?? []
    }

    /// The descriptor with this name, or, without one, the only one there is.
    func number(named name: Word?) throws(UsageError) -> Int32 {
        guard let name else {
            guard count == 1 else {
                throw UsageError(
                    "'--activated': there are \(count) sockets: \(listed)",
                    hint: "name one, as in: sockctl listen --activated \(names.first ?? "NAME"), or use --fd")
            }
            return Self.first
        }
        let index = names.prefix(count).firstIndex(of: name.text)
        guard let index else {
            throw UsageError("'--activated': no socket is called '\(name)'; there is \(listed)")
        }
        return Self.first + Int32(index)
    }

    private var listed: String {
        (0..<count).map { index in
            "\(index < names.count ? names[index] : "unknown") (descriptor \(Int(Self.first) + index))"
        }.joined(separator: ", ")
    }
}
