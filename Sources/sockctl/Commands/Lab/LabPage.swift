import SockKit

/// The course as one page of HTML that needs nothing else: no script, no network, no other file.
struct LabPage {
    private let outcomes: [LabOutcome]

    init(_ outcomes: [LabOutcome]) { self.outcomes = outcomes }

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>What a socket does</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <header>
        <h1>What a socket does</h1>
        <p>\(escape(introduction))</p>
        </header>
        \(contents)
        <main>
        \(chapters)
        </main>
        </body>
        </html>

        """
    }

    private var introduction: String {
        let met = outcomes.count { $0.isMet == true }
        let failed = outcomes.count { $0.isMet == false }
        let others = outcomes.count - met - failed
        var parts = [
            "\(Quantity.count(outcomes.count, "experiment")), run on this machine on \(Timestamp.now.rfc3339.prefix(10)): \(met) as expected"
        ]
        if failed > 0 { parts.append("\(failed) not") }
        if others > 0 { parts.append("\(others) not run") }
        return parts.joined(separator: ", ")
            + ". Times are milliseconds since an experiment began; both sides are in one process, on loopback."
    }

    private var byChapter: [(chapter: Chapter, outcomes: [LabOutcome])] {
        Course.chapters.compactMap { chapter, experiments in
            let own = experiments.compactMap { experiment in outcomes.first { $0.experiment == experiment } }
            return own.isEmpty ? nil : (chapter, own)
        }
    }

    private var contents: String {
        let chapters = byChapter.map { chapter, outcomes in
            let items = outcomes.map { outcome in
                let name = outcome.experiment.name
                return "<li><a href=\"#\(name)\">\(name)</a> \(escape(outcome.experiment.title))</li>"
            }
            return "<section><h2>\(escape(chapter.title))</h2>\n<ul>\n\(items.joined(separator: "\n"))\n</ul></section>"
        }
        return "<nav>\n\(chapters.joined(separator: "\n"))\n</nav>"
    }

    private var chapters: String {
        byChapter.map { chapter, outcomes in
            "<h2 class=\"chapter\">\(escape(chapter.title))</h2>\n" + outcomes.map(article).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private func article(_ outcome: LabOutcome) -> String {
        let experiment = outcome.experiment
        var parts = [
            "<article id=\"\(experiment.name)\">",
            "<h3>\(escape(experiment.title)) <code>\(experiment.name)</code></h3>",
            "<p class=\"source\">\(escape(sources(of: experiment)))</p>",
        ]
        if !experiment.claim.isEmpty {
            parts.append(
                "<p><b>\(experiment.documents.isEmpty ? "The documents" : "The document says"):</b> \(escape(experiment.claim))</p>"
            )
        }
        parts.append("<p><b>The question:</b> \(escape(experiment.question))</p>")
        if !outcome.timeline.items.isEmpty {
            var picture = ""
            outcome.timeline.picture(titled: experiment.title).write(to: &picture, indent: "")
            parts.append("<figure>\n\(picture)</figure>")
        }
        parts.append(verdicts(of: outcome))
        parts.append("<p class=\"lesson\"><b>Remember:</b> \(escape(experiment.lesson))</p>")
        if !experiment.commands.isEmpty {
            let lines = experiment.commands.split(separator: "\n").map { line in
                let text = escape(String(line))
                return experiment.typedLines.contains(String(line)) ? "<b>\(text)</b>" : text
            }
            parts.append("<p><b>By hand:</b></p>\n<pre>\(lines.joined(separator: "\n"))</pre>")
        }
        return (parts + ["</article>"]).joined(separator: "\n")
    }

    private func sources(of experiment: any Experiment.Type) -> String {
        let behaviours = experiment.covers.map(Behaviour.name).joined(separator: ", ")
        return (experiment.documents.map { "\($0.rawValue) \u{201c}\($0.title)\u{201d}" } + [behaviours])
            .joined(separator: " · ")
    }

    private func verdicts(of outcome: LabOutcome) -> String {
        switch outcome.result {
        case .failed(let reason): return "<p class=\"verdict failed\">Failed: \(escape(reason))</p>"
        case .notRun(let reason): return "<p class=\"verdict other\">Not run: \(escape(reason))</p>"
        case .judged(let verdicts): return verdicts.map(verdict).joined(separator: "\n")
        }
    }

    private func verdict(_ verdict: Verdict) -> String {
        let expectation = verdict.expectation
        var rows: [(String, String)] = []
        if !expectation.says.isEmpty { rows.append(("document says", expectation.says)) }
        rows += [("here", verdict.here), ("why", verdict.why)]
        rows += verdict.faults.map { ("not seen", $0) }
        let style =
            verdict.isMet
            ? expectation.document == .right || expectation.document == .silent ? "met" : "other" : "failed"
        if verdict.isMet { rows.append(("verdict", expectation.document.sentence)) }
        let terms = rows.map { "<dt>\(escape($0.0))</dt><dd>\(escape($0.1))</dd>" }.joined(separator: "\n")
        return "<dl class=\"verdict \(style)\">\n\(terms)\n</dl>"
    }

    private func escape(_ text: String) -> String { SVG.escape(text) }

    private static let style = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1f2937;--soft:#5b6472;--line:#d9dde3;--met:#007a58;--other:#9a5b00;--failed:#b02a10;--code:#f3f5f8}
        @media (prefers-color-scheme:dark){:root{--paper:#14181f;--ink:#e5e9f0;--soft:#9aa5b4;--line:#39414d;--met:#4fd1a5;--other:#f0b35a;--failed:#ff8a70;--code:#1e242d}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:66rem;padding:1rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,'Segoe UI','Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere}
        h1{font-size:2rem;line-height:1.2}h2{font-size:1.2rem}h2.chapter{font-size:1.6rem;border-bottom:2px solid var(--line);margin-top:3rem}
        h3{font-size:1.2rem;line-height:1.3;margin-bottom:.2rem}h3 code{font-size:.85rem;font-weight:400}
        nav{columns:20rem;gap:2rem}nav section{break-inside:avoid}nav ul{padding-left:1.1rem;margin:.2rem 0 1rem}
        a{color:inherit}code,pre{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,monospace;background:var(--code);border-radius:.3rem;padding:.1em .3em}
        pre{padding:.6rem;white-space:pre-wrap}
        article{border-bottom:1px solid var(--line);padding:1rem 0 1.5rem;scroll-margin-top:1rem}
        .source{color:var(--soft);font-size:.9rem;margin-top:0}
        figure{margin:1rem 0;overflow-x:auto}figure svg{display:block;min-width:44rem;width:100%;height:auto;border:1px solid var(--line);border-radius:.75rem}
        dl.verdict{display:grid;grid-template-columns:8rem 1fr;gap:.15rem .8rem;border-left:4px solid var(--met);padding-left:.8rem;margin:1rem 0}
        dl.verdict dt{color:var(--soft)}dl.verdict dd{margin:0}.verdict.other{border-color:var(--other)}.verdict.failed{border-color:var(--failed);color:var(--failed)}
        dl.met dd:last-child{color:var(--met)}dl.other dd:last-child{color:var(--other)}
        @media (max-width:40rem){dl.verdict{grid-template-columns:1fr}dl.verdict dt{margin-top:.3rem}}
        @media print{body{max-width:none}article{break-inside:auto}figure,dl{break-inside:avoid}figure{overflow:visible}figure svg{min-width:0}}
        """
}
