/// Why an operation on a descriptor came to nothing, before anybody has said which operation it was.
package enum DescriptorFailure: Error, Sendable, Hashable {
    case system(Errno)
    case deadlineExceeded
    case closed
    case cancelled
}
