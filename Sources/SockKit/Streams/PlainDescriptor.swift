/// A descriptor whose bytes are a stream's bytes, so that the kernel can move them without showing them to this process.
///
/// Whoever moves bytes past the stream tells it so: what counts or limits the stream adds its own hooks.
@Netpoller
public struct PlainDescriptor {
    package enum Kind {
        case socket, pipe
        /// A file or a device: it never makes a caller wait.
        case file
    }

    let descriptor: PolledDescriptor
    let kind: Kind
    /// A failed attempt as an error of the stream.
    let failure: (NetworkError.Operation, DescriptorFailure) -> NetworkError
    /// Told how many bytes were moved.
    package var onMove: (@Netpoller (Int) -> Void)?
    /// What is moved from it is to be kept there as well.
    package var copy: PlainCopy?
    /// Asked whether to go on after a failure: of a read that timed out, or of a write that nobody takes any more.
    package var goesOn: (@Netpoller (NetworkError) -> Bool)?

    init(
        _ descriptor: PolledDescriptor, _ kind: Kind,
        failure: @escaping (NetworkError.Operation, DescriptorFailure) -> NetworkError
    ) {
        self.descriptor = descriptor
        self.kind = kind
        self.failure = failure
    }
}
