import SockKit

/// Why a command cannot tell whom to let in: what is said, and the status that it ends with.
struct RuleFailure: Error {
    let failure: Failure
    let status: ExitStatus

    /// The command was told to end, or had no more time, while it waited for a file or a name: nothing is to be said of it.
    var isCancelled: Bool { failure.code == "cancelled" }

    init(failure: Failure, status: ExitStatus) {
        (self.failure, self.status) = (failure, status)
    }

    /// Of a file that could not be read beside the loop, or that nobody waited for any more.
    init(unread file: Word, _ reason: DescriptorThreadFailure) {
        guard case .system(let error) = reason else {
            self.init(failure: Failure(code: "cancelled", message: "open \(file.text): cancelled"), status: .noInput)
            return
        }
        self.init(failure: Failure(error, "pthread_create", file.text), status: .system)
    }
}

/// A rule, and where it stands.
struct PlacedRule: Sendable {
    let rule: AddressRule
    /// As a person looks for it: `rules.txt, line 3`.
    let place: String
}

/// A file of rules: words with white space between them, `#` begins a comment.
enum RuleFile {
    /// A million rules have room in it.
    private static let most = 64 << 20

    static func read(_ path: Word) throws(RuleFailure) -> [PlacedRule] {
        let text: String
        do throws(Errno) { text = try FileCalls.contents(of: path.byteString, atMost: most) } catch {
            throw RuleFailure(failure: Failure(error, "open", path.text), status: .noInput)
        }
        // Editors of other systems begin a file with a byte order mark.
        return try rules(
            in: text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text, of: path.text)
    }

    static func rules(in text: String, of name: String) throws(RuleFailure) -> [PlacedRule] {
        var rules: [PlacedRule] = []
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let said = line.prefix { $0 != UInt8(ascii: "#") }
            guard said.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
            do throws(AddressError) {
                for rule in try AddressRule.list(String(Substring(said))) {
                    rules.append(PlacedRule(rule: rule, place: "\(name), line \(number)"))
                }
            } catch {
                let failure = Failure(code: "usage", message: "\(name), line \(number): \(error.message)")
                throw RuleFailure(failure: failure, status: .data)
            }
        }
        return rules
    }
}
