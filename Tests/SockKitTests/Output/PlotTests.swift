import Testing

@testable import sockctl

@Suite struct PlotTests {
    private func plot(_ series: [Plot.Series], _ guides: [Plot.Guide] = []) -> Plot {
        Plot(
            title: "Dials & <queues>", subtitle: "backlog \"5\"",
            horizontal: Plot.Axis("dial", .exact(1...9)) { "\(Int($0))" },
            vertical: Plot.Axis("seconds", .logarithmic(0.001...1)) { "\($0)" }, series: series, guides: guides)
    }

    private let terminal = Terminal(1, isTerminal: true, color: .never, locale: "C.UTF-8")

    @Test func `every mark is where its value belongs`() throws {
        let drawn = plot([.init("quick", .green, .marks(.dot), [.init(1, 0.001), .init(9, 1)])])
            .text(on: terminal, columns: 60, rows: 8).split(separator: "\n", omittingEmptySubsequences: false)
        // The title, the parameters, the axis' title; then the plot from the top.
        let rows = drawn[3..<11]
        #expect(rows.first?.last == "●")
        #expect(try #require(rows.last).split(separator: "┤").last?.first == "●")
        #expect(drawn.allSatisfy { $0.count < 60 })
        #expect(drawn.last == "  ● quick")
    }

    @Test func `an area is filled between its base and its top`() {
        let area = Plot.Series("queue", .blue, .area(.dark), [.init(1, 1, base: 0), .init(9, 1, base: 0)])
        let text = plot([area]).text(on: terminal, columns: 60, rows: 8)
        #expect(text.split(separator: "\n").filter { $0.contains("▓▓▓") }.count == 8)
    }

    @Test func `a locale without UTF-8 gets ASCII`() {
        let old = Terminal(1, isTerminal: true, color: .never, locale: "C")
        let every = Plot.Mark.allCases.map { Plot.Series("\($0)", .red, .marks($0), [.init(2, 0.1)]) }
        let areas = Plot.Shade.allCases.map { Plot.Series("\($0)", .red, .area($0), [.init(2, 0.1)]) }
        let text = plot(every + areas, [.init(3, "here")]).text(on: old, columns: 80)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(text.contains("here"))
    }

    @Test func `series without points are not in the legend`() {
        let text = plot([.init("seen", .green, .marks(.dot), [.init(1, 1)]), .init("absent", .red, .marks(.dot), [])])
            .text(on: terminal, columns: 60)
        #expect(text.contains("seen"))
        #expect(!text.contains("absent"))
    }

    @Test func `a picture escapes what it quotes`() {
        let svg = plot([.init("a < b\u{1}", .green, .marks(.dot), [.init(1, 1)])]).svg
        #expect(svg.contains("Dials &amp; &lt;queues&gt;"))
        #expect(svg.contains("backlog &quot;5&quot;"))
        #expect(svg.contains("a &lt; b\u{fffd}"))
        #expect(svg.contains("viewBox=\"0 0 1280 720\""))
    }

    @Test(.needs(.python3)) func `a picture is well-formed XML with all that was drawn`() async throws {
        let marks = Plot.Mark.allCases.map { Plot.Series("<\($0)>", .purple, .marks($0), [.init(2, 0.1)]) }
        let areas = Plot.Shade.allCases.map {
            Plot.Series("\($0) & co", .grey, .area($0), [.init(2, 0.1), .init(3, 1)])
        }
        let svg = plot(marks + areas, [.init(8, "late")]).svg
        let outcome = try await Shell.run(
            "python3",
            [
                "-c",
                """
                import sys, xml.etree.ElementTree as tree
                root = tree.parse(sys.stdin.buffer).getroot()
                names = [element.tag.split("}")[1] for element in root.iter()]
                print(root.get("viewBox"), names.count("polygon"), names.count("circle"))
                """,
            ], input: svg)
        // Each circle is once in the picture and once in the legend.
        #expect(outcome.output == "0 0 1280 720 3 4\n")
        #expect(outcome.status == 0)
    }
}
