import SockKit

/// What `http-get` does with `--repeat` or `--duration`.
@Netpoller
struct LoadRun {
    private let arguments: HTTPGetArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let transport: Transport
    private let requests: [HTTPRequest]

    init(_ arguments: HTTPGetArguments, _ conductor: Conductor, _ transport: Transport, _ requests: [HTTPRequest]) {
        self.arguments = arguments
        self.conductor = conductor
        self.transport = transport
        self.requests = requests
        reporter = conductor.reporter
    }

    func run() async -> ExitStatus {
        await arguments.load.picture.run(conductor) { await measure() }
    }

    private func measure() async -> (status: ExitStatus, plot: Plot?) {
        do throws(NetworkError) {
            let load = try HTTPLoad(arguments.load.plan, requests, over: transport)
            load.timeout = arguments.transport.timeout
            let output = try arguments.answer.file.map { path throws(NetworkError) in try OutputFile(path) }
            if arguments.answer.output == "-" {
                let sink = try ByteSink.standardOutput()
                load.sink = { sink }
            } else if let output {
                // The file keeps what it holds until there is something to put into it.
                load.sink = { () throws(NetworkError) in try output.begin() }
            }
            let story = LoadStory(load, transport, reporter)
            conductor.onInquiry = { story.reportProgress() }
            let result = await story.accompany()
            if load.sinkFailure?.isOutputGone == true { return (.success, report(result)) }
            if let failure = load.sinkFailure { return (reporter.fail(output?.name(failure) ?? failure), nil) }
            return (story.status ?? status(result), report(result))
        } catch {
            return (error.cause == .cancelled ? .success : reporter.fail(error), nil)
        }
    }

    /// No answer that came was a failure, and some came; with `--fail` each must be a good one, too.
    private func status(_ result: LoadResult) -> ExitStatus {
        if result.answered == 0 { return .timedOut }
        guard arguments.answer.failure != .none, result.refused > 0 else { return .success }
        let answers = Quantity.count(result.answered, "answer")
        reporter.fail(code: "status", message: "\(result.refused) of \(answers) had a status of 400 or above")
        return .notSo
    }

    private func report(_ result: LoadResult) -> Plot? {
        let subject = requests.count == 1 ? requests[0].url.description : "\(requests.count) URLs"
        let plot = LoadChart(result, of: subject)?.plot
        reporter.report(SummaryEvent(measures: result.measures))
        if let plot, let drawing = arguments.load.picture.drawing(of: plot, for: reporter, columns: 100) {
            reporter.tell("\n\(drawing)\n", isPicture: true)
        }
        let text = LoadConclusion(result: result).text
        if !text.isEmpty { reporter.tell(reporter.targetTerminal.paragraph(text)) }
        return plot
    }
}
