private import CLinux
private import Glibc

/// The size of a terminal, in characters.
package struct TerminalSize: Sendable, Hashable {
    package var rows: UInt16
    package var columns: UInt16

    package init(rows: UInt16, columns: UInt16) {
        (self.rows, self.columns) = (rows, columns)
    }
}

/// Pseudoterminals (pty(7)), and what terminals are asked for.
package enum TerminalCalls {
    /// A new terminal: our side of it, a number to adopt at once, and the path of the side that a program opens.
    package static func open() throws(Errno) -> (ours: Int32, path: String) {
        let number = try SystemCall.perform(
            "posix_openpt", on: -1, arguments: "O_RDWR|O_NOCTTY|O_NONBLOCK|O_CLOEXEC"
        ) {
            Int(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC))
        }
        let ours = FileDescriptor(adopting: Int32(number))
        let terminal = ours.rawValue
        _ = try SystemCall.perform("grantpt", on: terminal, arguments: "\(terminal)") { Int(grantpt(terminal)) }
        _ = try SystemCall.perform("unlockpt", on: terminal, arguments: "\(terminal)") { Int(unlockpt(terminal)) }
        var index: UInt32 = 0
        _ = try SystemCall.perform("ioctl", on: terminal, arguments: "\(terminal), TIOCGPTN") {
            unsafe Int(ioctl(terminal, UInt(SK_TIOCGPTN), &index))
        }
        return (ours.release(), "/dev/pts/\(index)")
    }

    /// nil where there is no terminal, or one that does not know.
    package static func size(of terminal: Int32) -> TerminalSize? {
        var size = winsize()
        guard unsafe ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
        return TerminalSize(rows: size.ws_row, columns: size.ws_col)
    }

    /// Sets the size; the programs in its foreground get SIGWINCH.
    package static func setSize(_ size: TerminalSize, of terminal: Int32) throws(Errno) {
        var room = winsize(ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = try SystemCall.perform(
            "ioctl", on: terminal, arguments: "\(terminal), TIOCSWINSZ, \(size.rows)x\(size.columns)"
        ) {
            unsafe Int(ioctl(terminal, UInt(TIOCSWINSZ), &room))
        }
    }

    /// The character that says the end of what is typed (VEOF in termios(3)); nil where none does.
    ///
    /// `isHeeded` is false where the terminal gives it to the program as any other (not ICANON).
    package static func endCharacter(of terminal: Int32) -> (character: UInt8, isHeeded: Bool)? {
        var settings = termios()
        guard unsafe tcgetattr(terminal, &settings) == 0 else { return nil }
        let character = unsafe withUnsafeBytes(of: &settings.c_cc) { unsafe $0[Int(VEOF)] }
        return character == 0 ? nil : (character, settings.c_lflag & tcflag_t(ICANON) != 0)
    }
}
