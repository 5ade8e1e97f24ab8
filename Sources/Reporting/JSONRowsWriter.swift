package import Tabular

/// Writes rows as JSON Lines: one object a row, its keys the columns' names in their order. Whole numbers and booleans
/// are JSON's own; money and other decimals are strings, since many readers would round a number; NULL is null.
package final class JSONRowsWriter: RowWriter {
    package let columns: [Column]
    private let output: (UnsafeRawBufferPointer) throws -> Void
    private let keys: [[UInt8]]
    private var buffer: [UInt8] = []
    private var rows = 0

    /// - Parameter output: takes the bytes, some 64 KiB a call.
    package init(columns: [Column], output: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.columns = columns
        self.output = output
        keys = columns.enumerated().map { index, column in
            var key: [UInt8] = Array((index == 0 ? "{" : ",").utf8)
            var name = column.name
            name.withUTF8 { Self.append($0, to: &key) }
            key.append(UInt8(ascii: ":"))
            return key
        }
        buffer.reserveCapacity(1 << 17)
    }

    /// Appends a row's object.
    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        for (index, field) in fields.enumerated() {
            buffer += keys[index]
            if let field { append(field, columns[index].kind) } else { buffer += Array("null".utf8) }
        }
        buffer += Array("}\n".utf8)
        rows += 1
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Hands over what is left. Sums aren't kept here.
    package func finish() throws -> WrittenTable {
        try flush()
        return WrittenTable(rows: rows, sums: [])
    }

    private func append(_ field: FieldBytes, _ kind: CellKind) {
        switch kind {
        case .integer: buffer += field
        case .boolean: buffer += Array((field.first == UInt8(ascii: "t") ? "true" : "false").utf8)
        default: Self.append(field, to: &buffer)
        }
    }

    private func flush() throws {
        guard !buffer.isEmpty else { return }
        try buffer.withUnsafeBytes(output)
        buffer.removeAll(keepingCapacity: true)
    }

    /// A JSON string (RFC 8259): quote, backslash and control characters escaped, the rest as it is.
    private static func append(_ text: some Sequence<UInt8>, to buffer: inout [UInt8]) {
        let hex = Array("0123456789abcdef".utf8)
        buffer.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            case UInt8(ascii: "\n"): buffer += Array("\\n".utf8)
            case UInt8(ascii: "\t"): buffer += Array("\\t".utf8)
            case 0..<0x20:
                buffer += Array("\\u00".utf8)
                buffer.append(hex[Int(byte >> 4)])
                buffer.append(hex[Int(byte & 15)])
            default: buffer.append(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}
