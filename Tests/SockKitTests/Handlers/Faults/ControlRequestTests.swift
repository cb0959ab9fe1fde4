import SockKit
import Testing

@testable import sockctl

@Suite struct ControlRequestTests {
    private func read(_ line: String) throws(ControlError) -> ControlRequest {
        try ControlRequest(Array(line.utf8).span)
    }

    @Test func `orders are read`() throws {
        let set = try FaultSet(parsing: "latency=1s")
        #expect(try read(#"{"do":"add","fault":"latency=1s","direction":"down"}"#) == .add(set, .down))
        #expect(try read(#"{"do":"add","fault":"latency=1s"}"#) == .add(set, .both))
        #expect(try read(#"{"do":"change","id":1,"fault":"latency=1s"}"#) == .change(id: 1, set, nil))
        #expect(try read(#" { "id" : 2, "do" : "remove" } "#) == .remove(id: 2))
        #expect(try read(#"{"do":"list"}"#) == .list)
        #expect(try read(#"{"do":"connections"}"#) == .connections)
        #expect(try read(#"{"do":"cut","connection":3}"#) == .cut(connection: 3))
    }

    @Test(arguments: [
        ("hello", "this is not a line of JSON"), ("[1]", "this is not a line of JSON"), ("{}", "'do' is missing"),
        (#"{"do":"ad"}"#, "'ad' is nothing to do; there are add, change"), (#"{"do":"add"}"#, "'add' needs 'fault'"),
        (#"{"do":"add","fault":7}"#, "'fault' is a text"), (#"{"do":"list","id":1}"#, "'list' has no 'id'"),
        (#"{"do":"remove","id":"1"}"#, "'id' is a whole number"), (#"{"do":"cut","connection":1.5}"#, "whole number"),
        (#"{"do":"add","fault":"latency=1s","direction":"left"}"#, "'direction' is one of up, down, both"),
        (#"{"do":"add","fault":"latancy=1s"}"#, "did you mean 'latency'?"),
    ])
    func `what is wrong with an order is named`(line: String, message: String) {
        #expect { _ = try read(line) } throws: { error in
            (error as? ControlError)?.message.contains(message) ?? false
        }
    }
}
