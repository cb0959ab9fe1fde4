import Glibc
import SockKit
import Testing

@Suite struct ErrnoTests {
    @Test(arguments: [
        (ECONNREFUSED, "ECONNREFUSED", "connection refused"), (EPIPE, "EPIPE", "broken pipe"),
        (ECONNRESET, "ECONNRESET", "connection reset by peer"), (ETIMEDOUT, "ETIMEDOUT", "connection timed out"),
        (EADDRINUSE, "EADDRINUSE", "address already in use"), (EACCES, "EACCES", "permission denied"),
        (EADDRNOTAVAIL, "EADDRNOTAVAIL", "cannot assign requested address"),
        (ENETUNREACH, "ENETUNREACH", "network is unreachable"), (EHOSTUNREACH, "EHOSTUNREACH", "no route to host"),
        (EMFILE, "EMFILE", "too many open files"), (ENOENT, "ENOENT", "no such file or directory"),
        (EMSGSIZE, "EMSGSIZE", "message too long"), (EINVAL, "EINVAL", "invalid argument"),
        (ENOTEMPTY, "ENOTEMPTY", "directory not empty"), (ESTALE, "ESTALE", "stale file handle"),
        (ETOOMANYREFS, "ETOOMANYREFS", "too many references"), (ENODATA, "ENODATA", "no data available"),
        (EBADMSG, "EBADMSG", "bad message"), (EOVERFLOW, "EOVERFLOW", "value too large for its type"),
    ])
    func `a number has the kernel's name and Go's words`(number: Int32, name: String, text: String) {
        #expect(Errno(rawValue: number).name == name)
        #expect(Errno(rawValue: number).description == text)
    }

    @Test func `a number that is not in the table still has a name and a text`() {
        #expect(Errno(rawValue: 9999).name == "E9999")
        #expect(Errno(rawValue: 9999).description == "error number 9999")
    }

    @Test(arguments: 1...133)
    func `every text is a fragment: lower case, one line, no full stop`(number: Int32) {
        let text = Errno(rawValue: number).description
        #expect(!text.isEmpty && !text.hasSuffix(".") && !text.contains("\n"))
        #expect(text.first?.isUppercase == false)
    }

    @Test func `no two numbers share a name or a text`() {
        let known = (Int32(1)...133).map(Errno.init(rawValue:)).filter { !$0.name.dropFirst().allSatisfy(\.isNumber) }
        #expect(known.count > 40)
        #expect(Set(known.map(\.name)).count == known.count)
        #expect(Set(known.map(\.description)).count == known.count)
    }
}
