import Testing

/// The rules of the house that the compiler cannot see: which folder may use which, and how large a file may be.
@Suite struct LayeringTests {
    private static let library = [
        "Addresses", "System", "Errors", "Codecs", "Netpoller", "Descriptor", "Network", "Inspect", "Streams",
        "Processes", "TLS", "Proxies", "HTTP", "Records", "Probes",
    ]
    private static let tool = [
        "CommandLine", "Output", "Documents", "Options", "Handlers", "Lab", "Commands",
    ]

    @Test func `there are sources to look at`() throws {
        #expect(try SourceFile.all.count > 50)
        #expect(try SourceFile.all.filter { $0.folder == "System" }.count > 5)
    }

    @Test func `only System speaks to the C library`() throws {
        for file in try SourceFile.all where file.folder != "System" {
            let foreign = file.imports.filter { ["Glibc", "CLinux", "Musl", "Darwin"].contains($0) }
            #expect(foreign.isEmpty, "\(file.path)")
        }
    }

    @Test func `nothing imports Foundation or Dispatch, the command line and the addresses import nothing`() throws {
        for file in try SourceFile.all {
            #expect(file.imports.allSatisfy { !$0.hasPrefix("Foundation") && $0 != "Dispatch" }, "\(file.path)")
            if ["CommandLine", "Addresses"].contains(file.folder) { #expect(file.imports.isEmpty, "\(file.path)") }
        }
    }

    @Test func `every folder has its place in the order`() throws {
        for file in try SourceFile.all where !file.folder.isEmpty {
            let order = file.target == "SockKit" ? Self.library : Self.tool
            #expect(order.contains(file.folder), "\(file.path)")
        }
    }

    @Test(arguments: [("SockKit", library), ("sockctl", tool)])
    func `a folder uses what stands above it, never what stands below`(target: String, order: [String]) throws {
        let files = try SourceFile.all.filter { $0.target == target }
        for (place, folder) in order.enumerated() {
            let below = Set(order[(place + 1)...])
            // A name that is declared on both sides of the line says nothing.
            let own = files.filter { !below.contains($0.folder) }.reduce(into: Set()) { $0.formUnion($1.types) }
            for file in files where file.folder == folder {
                for other in files where below.contains(other.folder) {
                    let used = other.types.subtracting(own).intersection(file.words)
                    #expect(used.isEmpty, "\(file.path) uses \(used.sorted()) of \(other.path)")
                }
            }
        }
    }

    @Test func `no file is over 400 lines, and half of them are under 120`() throws {
        let files = try SourceFile.all.sorted { $0.lines.count < $1.lines.count }
        for file in files { #expect(file.lines.count <= 400, "\(file.path)") }
        #expect(files[files.count / 2].lines.count < 120)
    }

    @Test func `whoever overrules the isolation checker says why it is right`() throws {
        for file in try SourceFile.all {
            for (index, line) in file.lines.enumerated()
            where line.code.contains("nonisolated(unsafe)") || line.code.contains("@unchecked Sendable") {
                // The comment stands directly above, perhaps over several lines.
                let comment = file.lines[..<index].reversed().prefix { $0.isComment }
                #expect(comment.contains { $0.text.contains("Invariant") }, "\(file.path):\(index + 1)")
            }
        }
    }
}
