import SockKit

/// Which files an HTTP server serves, and which it takes.
struct FileArguments: Equatable, Sendable {
    var root: Word?
    var listsFolders = true
    var showsHidden = false
    var standIn: FilePath?
    var takesUploads = false
    var overwrites = false

    static let rows: [Row<FileArguments>] = [
        .option(
            "root", as: .bytes("DIR", completion: .files), into: \.root,
            help: "Serve a folder's files, beside /time and the like.",
            detail: """
                Never one outside: `..` is not found in any spelling, and neither is what a symbolic link leads to, if \
                that is outside or the link begins with a slash. GET and HEAD know ranges, several at once too, and \
                conditions by date and by tag. If FILE.gz stands beside FILE, is not older in whole seconds, and the client \
                takes gzip, it is sent instead, unless there is `--upload` without `--overwrite`: what anybody may bring \
                does not stand for a file that nobody may replace. The paths above are answered where no file has the name.
                """),
        .flag(
            "no-index", into: \.listsFolders, value: false, help: "List no folder.",
            detail: "A folder without an index.html is then not found (404), `/` as well."
        ).needs("root", reason: "'--no-index' is about the folders of '--root', and there is none"),
        .flag(
            "hidden", into: \.showsHidden, help: "Serve names that begin with a dot too.",
            detail: "Without it they are not found, not listed and not taken."
        ).needs("root", reason: "'--hidden' is about the files of '--root', and there is none"),
        .option(
            "spa", as: .pathInside, into: \.standIn, help: "Answer paths without a file with this one.",
            detail: """
                For the page of a program that knows what to show for which path (a single-page application). FILE is a \
                path inside the folder. It stands for `/` where there is no index.html, and for what is neither a file \
                nor a built-in path, where the last name has no dot: a script that is missing stays missing.
                """
        ).needs("root", reason: "'--spa' is a file of '--root', and there is none"),
        .flag(
            "upload", into: \.takesUploads, help: "Take files with PUT, of any size if no --max-body is given.",
            detail: """
                As `curl -T FILE URL` sends them. The folder must be there, and the length known, or the content in chunks. \
                A file gets its name when it is whole; of one that is broken off nothing is left. Anybody who can connect \
                may fill the disk: think of `--auth`.
                """
        ).needs("root", reason: "'--upload' stores files in '--root', and there is none"),
        .flag(
            "overwrite", into: \.overwrites, help: "Let PUT replace files.",
            detail: """
                Whoever reads the old one meanwhile gets it to its end. The new one has its permissions; a file that this \
                program may not write to stays: 403. A symbolic link is replaced, not what it leads to.
                """
        ).needs("upload", reason: "'--overwrite' is about files that '--upload' takes"),
    ].titled("Files")
}
