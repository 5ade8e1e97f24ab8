/// The parameters of one statement as libpq takes them: NUL-terminated texts side by side in one buffer.
struct WireParameters {
    private var bytes: [CChar] = []
    /// Where each value begins; −1 is NULL.
    private var offsets: [Int] = []

    /// Throws 22021 for a text that holds a NUL, which PostgreSQL cannot store and C strings would cut short.
    init(_ statement: Statement) throws(PostgresError) {
        offsets.reserveCapacity(statement.values.count)
        for (index, value) in statement.values.enumerated() {
            guard let text = value.wireText else {
                offsets.append(-1)
                continue
            }
            offsets.append(bytes.count)
            for byte in text.utf8 {
                guard byte != 0 else {
                    throw PostgresError(
                        .characterNotInRepertoire,
                        "parameter $\(index + 1) holds a NUL character, which PostgreSQL text cannot store",
                        statementName: statement.name)
                }
                bytes.append(CChar(bitPattern: byte))
            }
            bytes.append(0)
        }
    }

    func withPointers<T>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>) -> T) -> T {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers: [UnsafePointer<CChar>?] = offsets.map { $0 < 0 ? nil : buffer.baseAddress?.advanced(by: $0) }
            return pointers.withUnsafeBufferPointer { pointers in
                // An empty array has no address to give; libpq reads none of it then.
                guard let base = pointers.baseAddress else {
                    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: 1) {
                        $0.initialize(repeating: nil)
                        return body(0, UnsafePointer($0.baseAddress.unsafelyUnwrapped))
                    }
                }
                return body(Int32(offsets.count), base)
            }
        }
    }
}

/// Pieces of SQL text, escaped.
enum SQLText {
    static func identifier(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// A string constant that is right whatever `standard_conforming_strings` says. The text holds no NUL.
    static func literal(_ text: String) -> String {
        var result = text.utf8.contains(UInt8(ascii: "\\")) ? " E'" : "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" { result.unicodeScalars.append(scalar) }
            result.unicodeScalars.append(scalar)
        }
        return result + "'"
    }
}
