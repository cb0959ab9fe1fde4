import Glibc
import SockKit
import Testing

/// A file that is there before anything is to be put into it.
@Suite struct ReservedFileTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/file"
    }

    @Test func `one that was made, and is still empty, is taken away again`() throws {
        let file = try ReservedFile(ByteString(path))
        #expect(fileStatus(of: path) != nil)
        file.made?.remove()
        #expect(fileStatus(of: path) == nil)
    }

    @Test func `one that something was put into stays`() throws {
        let file = try ReservedFile(ByteString(path))
        try FileCalls.writeBlocking(file.number, [UInt8]("new".utf8).span)
        file.made?.remove()
        #expect(try contents(of: path) == Array("new".utf8))
    }

    @Test(arguments: ["", "precious"]) func `one that was there before stays as it is`(text: String) throws {
        try writeFile(path, Array(text.utf8))
        let file = try ReservedFile(ByteString(path))
        let (isNew, size) = (file.made != nil, file.size)
        #expect(!isNew && size == text.utf8.count)
        #expect(try contents(of: path) == Array(text.utf8))
    }

    @Test func `one that somebody has put in its place stays`() throws {
        let file = try ReservedFile(ByteString(path))
        try #require(unsafe unlink(path) == 0)
        try writeFile(path, [])
        file.made?.remove()
        #expect(fileStatus(of: path) != nil)
        // While it is open its number is no other file's.
        let size = file.size
        #expect(size == 0)
    }

    @Test func `what is put into it takes the place of what it held, or goes behind a part of that`() throws {
        try writeFile(path, Array("precious".utf8))
        let file = try ReservedFile(ByteString(path))
        try file.cut(to: 3)
        try FileCalls.writeBlocking(file.number, [UInt8]("sent".utf8).span)
        #expect(try contents(of: path) == Array("present".utf8))
        try file.cut()
        try FileCalls.writeBlocking(file.number, [UInt8]("new".utf8).span)
        #expect(try contents(of: path) == Array("new".utf8))
    }

    @Test func `a pipe that nobody reads keeps nobody waiting`() throws {
        try #require(unsafe mkfifo(path, 0o600) == 0)
        #expect(throws: Errno.noSuchDevice) { _ = try ReservedFile(ByteString(path)).number }
    }
}
