import Glibc
@testable import SockKit
import Testing

/// A file that is written is not reached through a link that somebody else has put where everybody may put one.
@Suite(.enabled(if: geteuid() == 0, "needs root for another user's link")) struct FileLinkTests {
    private let directory: TemporaryDirectory
    private let folder: StickyFolder
    private let victim: String

    init() throws {
        directory = try TemporaryDirectory()
        folder = try StickyFolder(in: directory.path)
        victim = "\(directory.path)/victim"
        try writeFile(victim, Array("precious".utf8))
    }

    private func write(_ path: String, _ access: FileCalls.Access = .write) throws(Errno) {
        let file = try FileCalls.open(ByteString(path), for: access)
        try FileCalls.writeBlocking(file.rawValue, [UInt8]("new".utf8).span)
    }

    private func expectRefused(_ path: String, _ access: FileCalls.Access = .write) throws {
        #expect(throws: Errno.tooManyLinks) { try write(path, access) }
        #expect(try contents(of: victim) == Array("precious".utf8))
    }

    @Test(arguments: ["write", "overwrite", "append"])
    func `a stranger's link in a sticky folder is refused, and what it names stays as it is`(purpose: String) throws {
        let access: FileCalls.Access = purpose == "write" ? .write : purpose == "append" ? .append : .overwrite
        try expectRefused(folder.link("out", to: victim), access)
        try expectRefused(folder.link("relative", to: "../victim"), access)
        let missing = "\(directory.path)/missing"
        try expectRefused(folder.link("dangling", to: missing), access)
        #expect(fileStatus(of: missing) == nil)
    }

    @Test func `so is one on the way, and one that a link of ours leads to`() throws {
        try expectRefused("\(folder.link("folder", to: directory.path))/victim")
        let out = try folder.link("out", to: victim)
        let own = "\(directory.path)/own"
        try #require(unsafe symlink(out, own) == 0)
        try expectRefused(own)
        try expectRefused(folder.link("mine", to: "out", of: geteuid()))
    }

    @Test func `links of ours are followed, and a stranger's where not everybody may put one`() throws {
        for link in try [folder.link("mine", to: victim, of: geteuid()), folder.link("near", to: "../victim", of: 0)] {
            try write(link)
            #expect(try contents(of: victim) == Array("new".utf8))
            try writeFile(victim, Array("precious".utf8))
        }
        try #require(unsafe chmod(folder.path, 0o755) == 0)
        let made = "\(directory.path)/made"
        try write(folder.link("theirs", to: made))
        #expect(try contents(of: made) == Array("new".utf8))
    }

    @Test func `a file in a sticky folder is made and written as ever`() throws {
        let path = "\(folder.path)/file"
        try write(path)
        try write("\(folder.path)/../sticky/./file", .append)
        #expect(try contents(of: path) == Array("newnew".utf8))
        #expect(throws: Errno.isDirectory) { try write(folder.path) }
        #expect(throws: Errno.noSuchFile) { try write("\(folder.path)/none/file") }
        #expect(throws: Errno.notDirectory) { try write("\(path)/file") }
    }

    @Test func `links in a circle, and one to nothing that could be a file, are errors`() throws {
        let (one, two) = ("\(directory.path)/one", "\(directory.path)/two")
        try #require(unsafe symlink("two", one) == 0 && symlink("one", two) == 0)
        #expect(throws: Errno.tooManyLinks) { try write(one) }
        try #require(unsafe symlink("new/", "\(directory.path)/three") == 0)
        #expect(throws: Errno.isDirectory) { try write("\(directory.path)/three") }
    }

    @Test func `what a process has open is reached by its links, though it has no path`() throws {
        let ends = try PipeEnds()
        let number = ends.writer.rawValue
        try write("/proc/self/fd/\(number)")
        try write("/dev/fd/\(number)")
        #expect(try FileCalls.readBlocking(ends.reader.rawValue, upTo: 10) == Array("newnew".utf8))
    }

    @Test func `files of secrets follow no link at all`() throws {
        let link = "\(directory.path)/keys"
        try #require(unsafe symlink(victim, link) == 0)
        #expect(throws: Errno.tooManyLinks) { _ = try FileCalls.openPrivate(ByteString(link)).rawValue }
        let way = ByteString("\(try folder.link("folder", to: directory.path))/new")
        #expect(throws: Errno.tooManyLinks) { _ = try FileCalls.openPrivate(way).rawValue }
        #expect(throws: Errno.tooManyLinks) { try FileCalls.replacePrivate(way, with: [1]) }
        #expect(names(in: directory.path).sorted() == ["keys", "sticky", "victim"])
    }
}
