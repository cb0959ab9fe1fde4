import Testing

/// What `--json` reports: one strict JSON object a line, in the order in which things happened.
@Suite(.endToEnd, .needsSockctl) struct JSONEventsTests {
    @Test func `a dial and a listen report each other in order`() async throws {
        let (listener, dialer) = try await conversation()
        let order = ["listening", "accepted", "half-closed", "closed"]
        #expect(subsequence(order, of: listener.names), "\(listener.names)")
        #expect(subsequence(["connecting", "connected", "half-closed", "closed"], of: dialer.names), "\(dialer.names)")
        let (accepted, connected) = (try listener.first("accepted"), try dialer.first("connected"))
        #expect(accepted["remote"]?.string == connected["local"]?.string)
        #expect(accepted["local"]?.string == connected["remote"]?.string)
        for event in [accepted, connected] {
            #expect(event["network"]?.string == "tcp" && event["connection"]?.integer == 1, "\(event)")
        }
        #expect(try #require(listener.first("listening")["backlog"]?.integer) > 0)
        #expect(try #require(connected["connect_seconds"]?.number) >= 0)
    }

    @Test func `the end tells the bytes each way and who ended which direction`() async throws {
        let (listener, dialer) = try await conversation()
        let (ours, theirs) = (try listener.first("closed"), try dialer.first("closed"))
        #expect(ours["bytes_received"]?.integer == 8 && ours["bytes_sent"]?.integer == 9, "\(ours)")
        #expect(theirs["bytes_received"]?.integer == 9 && theirs["bytes_sent"]?.integer == 8, "\(theirs)")
        for report in [listener, dialer] {
            #expect(report.names.count { $0 == "closed" } == 1)
            let closed = try report.first("closed")
            #expect(["local", "peer"].contains(closed["by"]?.string), "\(closed)")
            #expect(closed["tcp"]?.object?.isEmpty == false, "\(closed)")
            let directions = report.events.filter { $0.name == "half-closed" }.compactMap { $0["by"]?.string }
            #expect(Set(directions).isSubset(of: ["local", "peer"]) && !directions.isEmpty)
        }
    }

    @Test func `every event has its name, a time in UTC and the seconds since the start`() async throws {
        let (listener, dialer) = try await conversation()
        for report in [listener, dialer] {
            var last = 0.0
            for event in report.events {
                #expect(event.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(event)")
                let time = try #require(event["time"]?.string)
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil, "\(event)")
                let elapsed = try #require(event["elapsed"]?.number)
                #expect(elapsed >= last, "\(event)")
                last = elapsed
                for key in try #require(event.json.object).keys {
                    #expect(key.wholeMatch(of: /[a-z]+(_[a-z0-9]+)*/) != nil, "\(event)")
                }
            }
        }
    }

    @Test func `single reads and writes need -vv and system calls --trace`() async throws {
        let few = try await conversation("--json")
        #expect(few.dialer.names.allSatisfy { !["read", "wrote", "syscall"].contains($0) })
        let many = try await conversation("--json", "-vv").dialer
        let wrote = many.events.filter { $0.name == "wrote" }
        #expect(wrote.compactMap { $0["bytes"]?.integer }.reduce(0, +) == 8)
        #expect(wrote.last?["total"]?.integer == 8)
        let read = many.events.filter { $0.name == "read" }
        #expect(read.compactMap { $0["bytes"]?.integer }.reduce(0, +) == 9)
        let calls = try await conversation("--json", "--trace").dialer.events.filter { $0.name == "syscall" }
        let named = calls.compactMap { $0["call"]?.string }
        #expect(subsequence(["socket", "connect", "close"], of: named), "\(named)")
        for call in calls {
            #expect(call["arguments"] != nil && call["result"] != nil && call["seconds"]?.number != nil, "\(call)")
        }
    }

    @Test func `names that were resolved are told with their addresses`() async throws {
        let port = try refusingPort()
        let dial = try sockctl("dial", "--json", "--resolve", "some.name=127.0.0.1", "some.name:\(port)")
        let report = try await Report(dial.finish())
        let resolved = try report.first("resolved")
        #expect(resolved["host"]?.string == "some.name")
        #expect(resolved["addresses"]?.array == [.string("127.0.0.1")], "\(resolved)")
        #expect(resolved["seconds"]?.number != nil)
    }

    // MARK: Errors

    @Test func `a refused dial is an error with the kernel's name for it`() async throws {
        let port = try refusingPort()
        let outcome = try await sockctl("dial", "--json", "127.0.0.1:\(port)").finish()
        outcome.expect(status: 69)
        let failed = try #require(try Report(outcome).first("failed")["error"])
        #expect(failed["code"]?.string == "ECONNREFUSED")
        #expect(failed["operation"]?.string == "dial" && failed["call"]?.string == "connect")
        #expect(failed["message"]?.string == "dial tcp 127.0.0.1:\(port): connect: connection refused")
        #expect(failed["hint"]?.string?.isEmpty == false)
    }

    @Test(.needs(.python3)) func `errors of our own have a word of ours`() async throws {
        let port = try await blackHole("127.0.0.2")
        let late = try await sockctl("dial", "--json", "-w", "100ms", "127.0.0.2:\(port)").finish()
        #expect(try Report(late).first("failed")["error"]?["code"]?.string == "timeout")
        let family = try await sockctl("dial", "--json", "-6", "127.0.0.1:1").finish()
        #expect(try Report(family).first("failed")["error"]?["code"]?.string == "no-suitable-address")
    }

    @Test(arguments: [
        ["dial", "--json", "--no-such-option"], ["dial", "--json"], ["listen", "-J", "--backlog", "x", "0"],
    ])
    func `a wrong command line is one failed object`(arguments: [String]) async throws {
        let outcome = try await sockctl(arguments).finish()
        outcome.expect(status: 64)
        let events = try outcome.events()
        #expect(events.map(\.name) == ["failed"], "\(outcome)")
        #expect(events.first?["error"]?["code"]?.string == "usage", "\(outcome)")
    }

    // MARK: Reports

    private struct Report {
        let events: [Event]
        var names: [String] { events.map(\.name) }

        init(_ outcome: Outcome) throws { events = try outcome.events() }

        func first(_ name: String) throws -> Event {
            try #require(events.first { $0.name == name }, "no \(name) among \(names)")
        }
    }

    /// A listen that sends nine bytes and a dial that sends eight, both to their ends.
    private func conversation(_ options: String...) async throws -> (listener: Report, dialer: Report) {
        let options = options.isEmpty ? ["--json"] : options
        let listen = try sockctl(["listen"] + options + ["127.0.0.1:0"], input: .text("to client"))
        let port = try await listen.listening().port
        let dial = try sockctl(["dial"] + options + ["127.0.0.1:\(port)"], input: .text("toserver"))
        let (dialled, listened) = (try await dial.finish(), try await listen.finish())
        dialled.expect(status: 0)
        listened.expect(status: 0)
        #expect(dialled.out == "to client" && listened.out == "toserver")
        return (try Report(listened), try Report(dialled))
    }

    private func subsequence(_ wanted: [String], of names: [String]) -> Bool {
        var rest = wanted[...]
        for name in names where name == rest.first { rest.removeFirst() }
        return rest.isEmpty
    }
}
