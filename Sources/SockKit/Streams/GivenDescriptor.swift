/// A descriptor that the process was given, such as standard input, made usable on the loop without touching its flags.
///
/// O_NONBLOCK belongs to the open file, which the shell shares; setting it would leave the shell a terminal that does
/// not wait. So a pipe or a terminal is opened anew through /proc, a socket is asked with MSG_DONTWAIT, a file never
/// waits, and where none of that can be had a helper thread makes the calls that block.
@Netpoller
struct GivenDescriptor {
    let identity: FileIdentity
    let descriptor: PolledDescriptor
    let family: PolledDescriptor.Family
    /// Calls on it block: a helper thread must make them.
    let blocks: Bool

    init(_ number: Int32, for access: FileCalls.Access) throws(Errno) {
        identity = try FileCalls.identity(of: number)
        switch identity.kind {
        case .socket:
            // Of others a read that is short says nothing of what is behind it.
            let name = (try? SocketOption.protocolNumber.get(from: number)).flatMap(
                SocketOption.protocolNumber.valueName)
            family = name?.hasSuffix("TCP") ?? false ? .streamSocket : .messageSocket
            blocks = false
            descriptor = try PolledDescriptor(adopting: FileCalls.duplicate(number), sharesFile: true)
        case .pipe, .terminal:
            family = .file
            let own = try? FileCalls.open("/proc/self/fd/\(number)", for: access, nonBlocking: true, creating: false)
            if let own {
                blocks = false
                descriptor = try PolledDescriptor(adopting: own)
            } else {
                blocks = try !FileCalls.isNonBlocking(number)
                descriptor = try PolledDescriptor(adopting: FileCalls.duplicate(number), sharesFile: true)
            }
            // A pipe of the usual 64 KiB makes its two ends wake each other twenty times for each megabyte. Its capacity
            // is no flag, and whoever shares it only finds more room; where it is refused, nothing is lost.
            if identity.kind == .pipe { _ = try? FileCalls.resizePipe(number, to: 1 << 20) }
        case .device:
            family = .file
            descriptor = try PolledDescriptor(adopting: FileCalls.duplicate(number), sharesFile: true)
            // /dev/null never waits. One that can be waited for, as an input device can, does so in its calls, and opened
            // anew it might be another one.
            blocks = try descriptor.isPolled ? !FileCalls.isNonBlocking(number) : false
        case .regular, .directory, .symbolicLink:
            family = .file
            blocks = false
            descriptor = try PolledDescriptor(adopting: FileCalls.duplicate(number), sharesFile: true)
        }
    }

    /// Whether splice(2) may use it as its pipe.
    var isSpliceable: Bool { identity.kind == .pipe && !blocks }
}
