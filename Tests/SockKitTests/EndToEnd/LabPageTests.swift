import Testing

@testable import sockctl

/// The course as a page, as a browser lays it out.
@Suite(.endToEnd, .needsSockctl, .needs(.chromium)) struct LabPageTests {
    /// Finds words that stand on other words, and what is wider than the window, in a copy of the page; the page itself
    /// has no script.
    private static let inspector = """
        <script>
        addEventListener('load', () => {
          const found = [];
          const boxes = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const node = walk.currentNode;
            if (!node.data.trim() || ['STYLE', 'SCRIPT', 'TITLE'].includes(node.parentNode.nodeName.toUpperCase())) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const box of range.getClientRects()) if (box.width > 1) boxes.push([box, node.data.trim()]);
          }
          boxes.sort((a, b) => a[0].top - b[0].top);
          boxes.forEach(([a, text], i) => {
            for (let j = i + 1; j < boxes.length && boxes[j][0].top < a.bottom; j++) {
              const b = boxes[j][0];
              const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (across > 2 && down > 4) found.push(text + ' / ' + boxes[j][1]);
            }
          });
          const wide = document.documentElement.scrollWidth > innerWidth ? 'wider than the window; ' : '';
          document.title = 'looked at ' + boxes.length + ' texts: ' + wide + (found.join('; ') || 'none over another');
        });
        </script>
        """

    @Test(arguments: [400, 1280])
    func `no text stands on another, and nothing is wider than the window`(width: Int) async throws {
        let (page, copy) = (try scratch("course.html"), try scratch("copy.html"))
        let names = ["short-read", "sticky-deadline", "accept-queue", "partial-write"]
        let made = try await sockctl(["lab"] + names + ["--check", "--html", page]).finish(within: patience)
        made.expectQuietErrors(status: 0)
        let text = try String(decoding: contents(of: page), as: UTF8.self)
        try writeFile(copy, Array(text.replacing("</body>", with: Self.inspector + "</body>").utf8))
        let browser = try start(
            #require(Tool.chromium.path),
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=\(width),900",
                "--user-data-dir=\(scratch("profile"))", "--virtual-time-budget=2000", "--dump-dom", "file://\(copy)",
            ])
        let outcome = try await browser.finish(within: .seconds(60))
        let title = try #require(outcome.out.firstMatch(of: /<title>([^<]*)<\/title>/)?.1, "\(outcome)")
        #expect(title.contains(/^looked at [0-9]{3,} texts: none over another$/), "\(title)")
    }
}
