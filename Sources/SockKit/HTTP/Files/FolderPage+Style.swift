extension FolderPage {
    /// The page up to its heading.
    static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <main>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --text: #1f2328; --quiet: #656d76; --link: #0550ae; --folder: #9a6700;
          --line: #d8dee4; --hover: #f3f6fa; --page: #fff; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6edf3; --quiet: #8d96a0; --link: #79b8ff; --folder: #e3b341; --line: #30363d;
            --hover: #161b22; --page: #0d1117; }
        }
        body { margin: 0; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 56rem; margin: 0 auto; padding: 2rem 1.25rem; }
        h1 { margin: 0 .6rem 1rem; font-size: 1.3rem; font-weight: 600; overflow-wrap: anywhere; }
        a { color: var(--link); text-decoration: none; }
        a:hover { text-decoration: underline; }
        table { width: 100%; border-collapse: collapse; }
        th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { font-weight: 500; }
        th a { color: var(--quiet); }
        th[aria-sort="ascending"] a::after { content: " \\2191"; }
        th[aria-sort="descending"] a::after { content: " \\2193"; }
        td:first-child { overflow-wrap: anywhere; width: 100%; }
        th:nth-child(n+2), td:nth-child(n+2) { white-space: nowrap; text-align: right; color: var(--quiet);
          font-variant-numeric: tabular-nums; }
        tbody tr:hover { background: var(--hover); }
        .folder td:first-child a { color: var(--folder); font-weight: 500; }
        p { color: var(--quiet); margin: 1rem .6rem; }
        @media (max-width: 34rem) { th:nth-child(3), td:nth-child(3) { display: none; } }
        """
}
