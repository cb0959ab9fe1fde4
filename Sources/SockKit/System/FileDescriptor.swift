private import Glibc

/// The one owner of an open descriptor: it is closed exactly once, at the latest when the owner goes away.
package struct FileDescriptor: ~Copyable, Sendable {
    package let rawValue: Int32

    /// Takes the ownership of a descriptor that nobody else will close.
    package init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        try? Self.close(rawValue)
    }

    /// Closes now and says what close(2) said. The descriptor is gone even when an error is thrown.
    package consuming func close() throws(Errno) {
        let number = rawValue
        discard self
        try Self.close(number)
    }

    /// Gives the ownership up: the number is somebody else's to close.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    private static func close(_ number: Int32) throws(Errno) {
        // Never retried: after EINTR Linux has freed the number, and it may be somebody else's by now (close(2)).
        do throws(Errno) {
            _ = try SystemCall.perform("close", on: number, retryingInterrupts: false, arguments: "\(number)") {
                Int(Glibc.close(number))
            }
        } catch {
            guard error != .interrupted else { return }
            throw error
        }
    }
}
