import Diagnostics
import Testing

@testable import Tabular

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "known digests (FIPS 180-2)",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func known(text: String, digest: String) throws {
        #expect(try sha256(text) == digest)
        try withFolder { folder in
            try put(Array(text.utf8), "\(folder)/f")
            #expect(try sha256(ofFile: "\(folder)/f") == digest)
        }
    }

    @Test("a million bytes in pieces of any size")
    func pieces() throws {
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        var hasher = try SHA256Hasher()
        for start in stride(from: 0, to: bytes.count, by: 977) {
            try bytes[start..<min(start + 977, bytes.count)].withUnsafeBytes { try hasher.update($0) }
        }
        #expect(try hasher.finalize() == digest)
        try withFolder { folder in
            try put(bytes, "\(folder)/f")
            #expect(try sha256(ofFile: "\(folder)/f") == digest)
        }
    }

    @Test("a file that is not there")
    func missing() {
        #expect(#expect(throws: Failure.self) { try sha256(ofFile: "/none") }?.code == .fileUnreadable)
    }
}
