import SockKit

/// How many requests `http-get` makes to measure a server.
struct HTTPLoadArguments: Equatable, Sendable {
    var repetitions: Int?
    var duration: Duration?
    var parallel = 1
    var rate: Double?
    var picture = PictureArguments()

    static let rows: [Row<HTTPLoadArguments>] = plain.titled("Load") + pictures.lifted(through: \.picture)

    private static let plain: [Row<HTTPLoadArguments>] = [
        .option(
            "repeat", as: .count(1...1_000_000_000), into: \.repetitions,
            help: "Make so many requests and measure them.",
            detail: """
                With several URLs they are taken in turn. Bodies are dropped unless `--output` names a file, where each is \
                put whole behind the one before it. The status is 0 only if each request was answered, else that of the \
                first failure; with `--fail` it is 1 if one of the answers had a status of 400 or above.
                """
        )
        .excludes(
            "include", "first-line", "remote-name", "continue",
            reason: "'{other}' is about one answer, and '--repeat' is about many"
        )
        .excludes("location", reason: "'--repeat' measures each answer as it is: '--location' would make several of it")
        .excludes("retry", reason: "'--repeat' counts what fails: '--retry' would hide it"),
        .option(
            "duration", as: .limit, into: \.duration, help: "Make requests for so long and measure them.",
            detail: "What runs then is cut, and counted as such. With `--repeat` whichever comes first is the end."
        )
        .excludes(
            "include", "first-line", "remote-name", "continue",
            reason: "'{other}' is about one answer, and '--duration' is about many"
        )
        .excludes(
            "location", reason: "'--duration' measures each answer as it is: '--location' would make several of it"
        )
        .excludes("retry", reason: "'--duration' counts what fails: '--retry' would hide it"),
        .option(
            "parallel", as: .count(1...1_000_000), into: \.parallel, help: "Make so many requests at once.",
            detail: "Each on a connection of its own, which it keeps."
        ).needs("repeat", "duration", reason: withoutLoad),
        .option(
            "rate", as: .frequency, into: \.rate, help: "Make so many requests a second.",
            detail: """
                At their planned moments, if `--parallel` leaves one that is free; what waits for that is measured from \
                its moment as well. Without it each request waits for the answer to the one before: a closed loop, which \
                asks a slow server less often and so measures the slowness less often.
                """
        ).needs("repeat", "duration", reason: withoutLoad),
    ]

    private static let pictures = PictureArguments.rows.map { row in
        var row = row
        if row.info.name == "plot" { row.info.detail = "Where standard error is a terminal it is drawn in any case." }
        row.info.visibility = row.info.name == "svg" ? .shown : .manualOnly
        return row.needs("repeat", "duration", reason: withoutLoad)
    }

    private static let withoutLoad = "'{option}' is about many requests: give '--repeat' or '--duration' too"

    /// What is to be done.
    var plan: LoadPlan { LoadPlan(repetitions: repetitions, parallel: parallel, rate: rate, duration: duration) }
}

extension ValueType where Value == Double {
    /// How often in a second: a decimal number above 0.
    static var frequency: Self {
        Self(placeholder: "N") { (text: String) throws(UsageError) in
            let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.allSatisfy(Decimal.isDigits), let rate = Double(text), rate > 0, rate <= 1e8 else {
                throw UsageError("'\(text)' is not a number of requests a second; write it like 1000 or 0.5")
            }
            return rate
        } show: {
            $0.text(decimals: 3)
        }
    }
}
