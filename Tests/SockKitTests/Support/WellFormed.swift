import SockKit
import Testing

/// Holds an error to the grammar that all errors have, whatever went wrong.
func expectWellFormed(_ error: NetworkError, sourceLocation: SourceLocation = #_sourceLocation) {
    let text = error.description
    var head = error.operation.rawValue
    if let network = error.network { head += " \(network)" }
    if let route = error.route {
        // What stands in between is named first where it could not be reached, and else behind whom it was asked for.
        head = error.target.map { "\(head) \($0): \(route): " } ?? "\(route): \(head)"
    }
    #expect(text.hasPrefix(head), "\(text)", sourceLocation: sourceLocation)
    #expect(
        !text.contains("\n") && !text.hasSuffix(".") && !text.contains("  "), "\(text)", sourceLocation: sourceLocation)
    #expect(!text.contains(": : ") && !text.hasSuffix(": "), "\(text)", sourceLocation: sourceLocation)
    if let remote = error.remote, error.target == nil {
        #expect(text.contains("\(remote): "), "\(text)", sourceLocation: sourceLocation)
    }
    // Upper case where the kernel spoke, lower case where we did.
    let isSymbol = error.code.allSatisfy { $0.isUppercase || $0.isNumber } && error.code.hasPrefix("E")
    let isWord = error.code.allSatisfy { $0.isLowercase || $0 == "-" }
    #expect(error.errno == nil ? isWord : isSymbol, "\(error.code)", sourceLocation: sourceLocation)
    if let number = error.errno, let call = error.call {
        // Between and after them there may be what the call was about, and what is known beside.
        #expect(text.contains(": \(call)"), "\(text)", sourceLocation: sourceLocation)
        #expect(text.contains(": \(number)"), "\(text)", sourceLocation: sourceLocation)
    }
    if let hint = error.hint {
        #expect(
            !hint.hasSuffix(".") && !hint.contains("\n") && !hint.isEmpty, "\(hint)", sourceLocation: sourceLocation)
        #expect(!text.contains(hint), "\(hint)", sourceLocation: sourceLocation)
    }
}

/// The error that `body` ends in, which has to be there and be well formed.
@Netpoller
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, of body: @Netpoller () async throws -> Void
) async throws -> NetworkError {
    do {
        try await body()
    } catch let error as NetworkError {
        expectWellFormed(error, sourceLocation: sourceLocation)
        return error
    }
    return try #require(nil, "this should have failed", sourceLocation: sourceLocation)
}
