import SockKit

/// Who came to a chat and who left, told to the others. Where many come or go at once they are told of together: a
/// thousand who join are not a million lines.
@Netpoller
final class Announcements {
    private let fanout: Fanout
    private var members: [Int: RoomMember] = [:]
    private var joined: [Int] = []
    private var left: [Int] = []
    /// When the next ones may be made.
    private var nextTurn = Deadline.past
    private var timer: Task<Void, Never>?

    private static let interval = Duration.milliseconds(100)
    /// So many are told of one by one, and by name to who comes.
    private static let (few, most) = (3, 8)
    /// No reader's number: everybody hears it.
    private static let nobody = -1

    init(_ fanout: Fanout) {
        self.fanout = fanout
    }

    /// What somebody who comes is told: what it is called, and who is there.
    func greeting(_ member: RoomMember) -> [UInt8] {
        let others = members.count
        let names = members.keys.prefix(Self.most).sorted().map(Self.name)
        let rest = others - names.count
        let present =
            others == 0
            ? "nobody else is here yet"
            : "here are \(names.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : "")
        return Array("<announce> you are \(Self.name(member.author)); \(present)\n".utf8)
    }

    func joined(_ member: RoomMember) {
        members[member.author] = member
        joined.append(member.author)
        tellSoon()
    }

    /// Nobody speaks before the others know of it.
    func introduce(_ member: RoomMember) {
        if !joined.isEmpty, joined.contains(member.author) { tell() }
    }

    /// Where all leave, because the server ends, it is not told of each.
    func left(_ member: RoomMember, isFinishing: Bool) {
        guard members.removeValue(forKey: member.author) != nil, !isFinishing else { return }
        if let index = joined.lastIndex(of: member.author) {
            // Nobody knew of it.
            joined.remove(at: index)
            return
        }
        left.append(member.author)
        tellSoon()
    }

    private func tellSoon() {
        if nextTurn.hasPassed { return tell() }
        guard timer == nil else { return }
        let moment = nextTurn
        timer = Netpoller.spawn {
            await Netpoller.sleep(until: moment)
            self.timer = nil
            self.tell()
        }
    }

    private func tell() {
        nextTurn = .now + Self.interval
        let (came, went) = (joined, left)
        (joined, left) = ([], [])
        if came.count > Self.few {
            say("\(came.count) joined, from \(Self.name(came[0])) to \(Self.name(came[came.count - 1]))")
        } else {
            for number in came { sayJoined(number) }
        }
        if went.count > Self.few {
            say("\(went.count) left, \(went.prefix(Self.few).map(Self.name).joined(separator: ", ")) among them")
        } else {
            for number in went { say("\(Self.name(number)) left") }
        }
    }

    private func sayJoined(_ number: Int) {
        guard let member = members[number] else { return }
        let address = member.peer.connection.remoteEndpoint.address.map { " from \($0)" } ?? ""
        // The newcomer knows.
        fanout.say(number, by: member) { $0 += Array("<announce> \(Self.name(number)) joined\(address)\n".utf8) }
    }

    private func say(_ text: String) {
        fanout.say(Self.nobody) { $0 += Array("<announce> \(text)\n".utf8) }
    }

    private static func name(_ number: Int) -> String { "<user\(number)>" }
}

extension RoomMember {
    /// What stands in front of each of its lines.
    var prefix: [UInt8] { Array("<user\(author)> ".utf8) }
}
