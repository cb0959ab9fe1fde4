import SockKit
import Testing

@Suite struct CorpusTests {
    @Test(arguments: startLineCorpus + fieldCorpus + framingCorpus + chunkCorpus)
    func `a stream of requests has one outcome however it is cut`(row: CorpusRow) {
        for cut in MessageCut.all {
            #expect(transcript(RequestParser(), row.bytes, cut) == row.outcome, "\(cut)")
        }
    }

    @Test(arguments: responseCorpus)
    func `a stream of answers has one outcome however it is cut`(row: CorpusRow) {
        for cut in MessageCut.all {
            #expect(transcript(ResponseParser(), row.bytes, cut) == row.outcome, "\(cut)")
        }
    }

    @Test(arguments: [startLineCorpus + fieldCorpus + framingCorpus + chunkCorpus, responseCorpus])
    func `no stream stands there twice`(rows: [CorpusRow]) {
        for (bytes, same) in Dictionary(grouping: rows, by: \.bytes) where same.count > 1 {
            Issue.record("\(same.map(\.name)): \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
