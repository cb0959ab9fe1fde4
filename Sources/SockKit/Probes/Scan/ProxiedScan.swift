/// One run of a scan through proxies: so many dials at once, each of which ends with what a proxy says of a place.
@Netpoller
final class ProxiedScan {
    private let probe: ScanProbe
    private var cursor: ProxiedScanCursor
    private var result: ScanResult

    init(_ probe: ScanProbe) {
        self.probe = probe
        cursor = ProxiedScanCursor(probe.targets)
        // A dial has one descriptor, and for a moment, where both families race, another.
        let limit = (ProcessCalls.raiseDescriptorLimit() - 24) / 2
        let parallel = max(1, min(probe.parallel, limit))
        result = ScanResult(targets: probe.targets.count, parallel: parallel, isCut: parallel < probe.parallel)
    }

    func execute() async -> ScanResult {
        let start = Deadline.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(result.parallel, result.targets) { group.addTask { await self.work() } }
            await group.waitForAll()
        }
        result.elapsed = .now - start
        return result
    }

    private func work() async {
        while result.failure == nil, !Task.isCancelled, let place = cursor.next() {
            await look(at: place)
            await probe.pace?()
        }
    }

    private func look(at place: Destination) async {
        let start = Deadline.now
        do throws(NetworkError) {
            let dialer = Dialer(
                timeout: probe.timeout, source: probe.source.map { .ip($0, port: 0) }, options: probe.options,
                resolver: probe.resolver)
            let connection = try await probe.proxies.dial(probe.network, to: place, with: dialer)
            var finding = ScanFinding(through: place, state: .open, duration: .now - start)
            finding.banner = await banner(connection)
            if probe.resets { connection.reset() } else { connection.close() }
            report(finding)
        } catch {
            note(error, at: place, .now - start)
        }
    }

    private func banner(_ connection: Connection) async -> [UInt8]? {
        guard let patience = probe.banner else { return nil }
        connection.readDeadline = .now + patience
        var bytes: [UInt8] = []
        while bytes.count < ScanBanner.longest, !bytes.contains(UInt8(ascii: "\n")),
            let chunk = try? await connection.readChunk(maximum: ScanBanner.longest - bytes.count)
        {
            let (more, isEnd) = (chunk.copy(), chunk.isEnd)
            chunk.giveBack()
            if isEnd { break }
            bytes += more
        }
        return ScanBanner.line(of: bytes[...])
    }

    /// What an error says of a place; one that is about a proxy, or about this machine, ends the scan.
    private func note(_ error: NetworkError, at place: Destination, _ duration: Duration) {
        guard error.cause != .cancelled else { return }
        let isAboutPlace = error.target == place.description || error.route == nil
        switch error.cause {
        case .proxy(let refusal) where isAboutPlace && refusal.kind == .refused:
            report(ScanFinding(through: place, state: .refused, duration: duration))
        case .proxy(let refusal) where isAboutPlace && refusal.kind != .authentication:
            report(ScanFinding(through: place, state: .filtered, duration: duration, answer: refusal))
        case .peerEnded(let text) where isAboutPlace:
            let answer = ProxyRefusal(.failed, text)
            report(ScanFinding(through: place, state: .filtered, duration: duration, answer: answer))
        case .timeout where isAboutPlace:
            report(ScanFinding(through: place, state: .filtered, duration: duration))
        // Without a proxy in between, as the list of exceptions may want it, the kernel says what is found.
        case .system(.connectionRefused, _) where error.route == nil:
            report(ScanFinding(through: place, state: .refused, duration: duration))
        case .system(let errno, _) where error.route == nil && !ScanRun.isShortage(errno):
            var finding = ScanFinding(through: place, state: .filtered, duration: duration)
            finding.reason = errno
            report(finding)
        default: if result.failure == nil { result.failure = error }
        }
    }

    private func report(_ finding: ScanFinding) {
        result.count(finding)
        probe.onEvent?(finding)
    }
}

/// Goes through the places of a scan that a proxy is asked for, host by host.
struct ProxiedScanCursor {
    private var addresses: ScanCursor
    private let groups: [ScanTargets.Group]
    private var group = 0
    private var name = 0
    private var port = 0

    init(_ targets: ScanTargets) {
        addresses = ScanCursor(targets)
        groups = targets.groups
    }

    mutating func next() -> Destination? {
        while group < groups.count {
            let (names, ports) = (groups[group].names, groups[group].ports)
            if name < names.count, port < ports.count {
                defer { port += 1 }
                return Destination(place: .host(names[name], service: "\(ports[port])"))
            }
            port = 0
            name += 1
            if name >= names.count { (group, name) = (group + 1, 0) }
        }
        guard case .ip(let address, let port) = addresses.next() else { return nil }
        return Destination(place: .host(address.description, service: "\(port)"))
    }
}
