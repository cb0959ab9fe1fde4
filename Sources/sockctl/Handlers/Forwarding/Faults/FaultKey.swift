import SockKit

/// One name that a set of faults may hold: how its value is read and written.
struct FaultKey: Sendable {
    /// What it is about.
    enum Needs: Sendable { case anything, connections, datagrams, tcp }

    let name: String
    /// What stands for its value in the manual.
    let value: String
    var needs = Needs.anything
    let read: @Sendable (inout FaultSet, String) throws(UsageError) -> Void
    /// nil where the set has it not.
    let show: @Sendable (FaultSet) -> String?

    var form: String { "\(name)=\(value)" }

    static let all: [FaultKey] = [
        duration("latency", \.stream.latency),
        FaultKey(name: "jitter", value: "D or D:normal") { (set: inout FaultSet, text: String) throws(UsageError) in
            set.stream.jitter = try FaultText.jitter(text)
        } show: {
            $0.stream.jitter.map { DurationText.show($0.span) + ($0.isNormal ? ":normal" : "") }
        },
        FaultKey(name: "rate", value: "SIZE") { (set: inout FaultSet, text: String) throws(UsageError) in
            let rate = try FaultText.size(text)
            set.stream.rate = rate == 0 ? nil : rate
        } show: {
            $0.stream.rate.map(FaultText.show)
        },
        FaultKey(name: "slice", value: "N/D", needs: .connections) {
            (set: inout FaultSet, text: String) throws(UsageError) in
            let (size, pause) = try FaultText.pair(text, "/")
            set.stream.slice = .init(
                try ValueType<Int>.size.parse(size), try DurationText.parse(pause))
        } show: {
            $0.stream.slice.map { "\(FaultText.show($0.size))/\(DurationText.show($0.pause))" }
        },
        FaultKey(name: "stall", value: "D@SIZE", needs: .connections) {
            (set: inout FaultSet, text: String) throws(UsageError) in
            let (pause, size) = try FaultText.pair(text, "@")
            set.stream.stall = .init(try DurationText.parse(pause), after: try FaultText.size(size))
        } show: {
            $0.stream.stall.map { "\(DurationText.show($0.pause))@\(FaultText.show($0.after))" }
        },
        FaultKey(name: "drop-after", value: "SIZE", needs: .connections) {
            (set: inout FaultSet, text: String) throws(UsageError) in
            set.stream.dropAfter = try FaultText.size(text)
        } show: {
            $0.stream.dropAfter.map(FaultText.show)
        },
        moment("reset-after", \.stream.resetAfter), moment("close-after", \.stream.closeAfter),
        chance("corrupt", \.stream.corruption), chance("refuse", \.refusal, needs: .connections),
        duration("connect-delay", \.connectDelay, needs: .tcp),
        chance("loss", \.datagrams.loss, needs: .datagrams),
        chance("duplicate", \.datagrams.duplication, needs: .datagrams),
        chance("reorder", \.datagrams.reordering, needs: .datagrams),
        count("first", \.first), count("every", \.every),
        FaultKey(name: "share", value: "P") { (set: inout FaultSet, text: String) throws(UsageError) in
            set.share = try FaultText.chance(text)
        } show: {
            $0.share < 1 ? FaultText.show(chance: $0.share) : nil
        },
    ]

    typealias Place<Value> = any WritableKeyPath<FaultSet, Value> & Sendable

    private static func duration(_ name: String, _ place: Place<Duration>, needs: Needs = .anything) -> FaultKey {
        FaultKey(name: name, value: "D", needs: needs) { (set: inout FaultSet, text: String) throws(UsageError) in
            set[keyPath: place] = try DurationText.parse(text)
        } show: {
            $0[keyPath: place] > .zero ? DurationText.show($0[keyPath: place]) : nil
        }
    }

    private static func moment(_ name: String, _ place: Place<StreamFaults.Moment?>) -> FaultKey {
        FaultKey(name: name, value: "SIZE or D", needs: .connections) {
            (set: inout FaultSet, text: String) throws(UsageError) in
            set[keyPath: place] = try FaultText.moment(text)
        } show: {
            $0[keyPath: place].map(FaultText.show)
        }
    }

    private static func chance(_ name: String, _ place: Place<Double>, needs: Needs = .anything) -> FaultKey {
        FaultKey(name: name, value: "P", needs: needs) { (set: inout FaultSet, text: String) throws(UsageError) in
            set[keyPath: place] = try FaultText.chance(text)
        } show: {
            $0[keyPath: place] > 0 ? FaultText.show(chance: $0[keyPath: place]) : nil
        }
    }

    private static func count(_ name: String, _ place: Place<Int?>) -> FaultKey {
        FaultKey(name: name, value: "N") { (set: inout FaultSet, text: String) throws(UsageError) in
            set[keyPath: place] = try ValueType<Int>.count(1...Int.max).parse(text)
        } show: {
            $0[keyPath: place].map(String.init)
        }
    }
}
