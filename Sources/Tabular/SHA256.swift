import CLibCrypto
package import Diagnostics
import Glibc

/// SHA-256 by OpenSSL's libcrypto, a piece at a time.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    package init() throws(Failure) {
        guard let context = EVP_MD_CTX_new() else { throw SHA256Hasher.failed() }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw SHA256Hasher.failed()
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw SHA256Hasher.failed() }
    }

    /// The digest in 64 lower-case hexadecimal digits.
    package consuming func finalize() throws(Failure) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &count) == 1 else { throw SHA256Hasher.failed() }
        return digest.prefix(Int(count)).map(hexadecimal).joined()
    }

    private static func failed() -> Failure {
        Failure(.internalError, "OpenSSL's libcrypto cannot compute SHA-256 here.")
    }
}

/// The SHA-256 of a text's UTF-8 bytes, in 64 hexadecimal digits.
package func sha256(_ text: String) throws(Failure) -> String {
    var hasher = try SHA256Hasher()
    try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(Failure) in
        try hasher.update(UnsafeRawBufferPointer(bytes))
    }
    return try hasher.finalize()
}

/// The SHA-256 of a file's content, in 64 hexadecimal digits; read in pieces.
package func sha256(ofFile path: String) throws(Failure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fileFailure("The file cannot be opened", path, reading: true) }
    defer { close(descriptor) }
    var hasher = try SHA256Hasher()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw fileFailure("The file cannot be read", path, reading: true)
        }
        if count == 0 { return try hasher.finalize() }
        try hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
}
