import Testing

@testable import SockKit

/// The hashes against what their documents and other programs say.
@Suite struct DigestTests {
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ])
    func `MD5 is that of RFC 1321`(message: String, digest: String) {
        #expect(MD5.hash(Array(message.utf8)).hexadecimal == digest)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 is that of FIPS 180-4`(message: String, digest: String) {
        #expect(SHA256.hash(Array(message.utf8)).hexadecimal == digest)
    }

    /// From a little before a block's end to a little behind it: there the padding takes one block or two.
    @Test func `both know where a block ends`() {
        let both = (50...70).map { length in
            let message = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            return MD5.hash(message).hexadecimal + SHA256.hash(message).hexadecimal
        }
        // md5sum and sha256sum of the same, one behind the other, hashed once more.
        let all = Array(both.joined().utf8)
        #expect(MD5.hash(all).hexadecimal == "040770a0eb91656aabbde3026766ec87")
        #expect(SHA256.hash(all).hexadecimal == "3933a704ce878b532bdf5be2c414049571cf9d99fdfab649a72963cb6feacd7a")
    }
}
