/// A group to join: its address, perhaps the one source to hear, perhaps the interface to listen on.
struct GroupMembership: Equatable, Sendable {
    let group: String
    let source: String?
    let interface: String?
}

extension ValueType where Value == GroupMembership {
    /// `GROUP[,SOURCE][@INTERFACE]`
    static var groupMembership: Self {
        Self(placeholder: "GROUP[,SOURCE][@INTERFACE]") { (text: String) throws(UsageError) in
            let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let addresses = halves[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard addresses.count <= 2, !addresses.contains(""), halves.count == 1 || !halves[1].isEmpty else {
                throw UsageError(
                    "'\(text)' is not a group; write it like 239.1.2.3, 239.1.2.3@eth0 or 232.1.2.3,192.0.2.1@eth0")
            }
            return GroupMembership(
                group: addresses[0], source: addresses.count == 2 ? addresses[1] : nil,
                interface: halves.count == 2 ? halves[1] : nil)
        } show: { membership in
            membership.group + (membership.source.map { ",\($0)" } ?? "")
                + (membership.interface.map { "@\($0)" } ?? "")
        }
    }
}
