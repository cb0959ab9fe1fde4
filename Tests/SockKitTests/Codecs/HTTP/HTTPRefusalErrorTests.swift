import Testing

@testable import SockKit

@Suite struct HTTPRefusalErrorTests {
    @Test func `a refused answer is an error that says where and what, one that is cut off says so`() {
        let malformed = NetworkError.Cause(HTTPRefusal(.response, .field(2), .noColon))
        #expect(malformed == .message(MessageError(.malformed, "HTTP answer", "field line 2: it has no colon")))
        let cut = NetworkError.Cause(HTTPRefusal(.response, .content, .truncated))
        #expect(cut == .message(MessageError(.truncated, "HTTP answer", "content: the connection ended inside it")))
        let long = NetworkError(
            .read, network: .tcp, cause: .init(HTTPRefusal(.request, .head, .headTooLong(limit: 9))))
        #expect(long.code == "limit" && long.description.hasPrefix("read tcp: HTTP request: head: "))
    }

    @Test func `what was about to be sent and is no message was asked for in vain`() {
        let own = NetworkError(.write, network: .tcp, cause: .init(HTTPRefusal(.own, .field(1), .bareLineFeed)))
        #expect(own.code == "usage")
        expectWellFormed(own)
    }
}
