/// Writes rows as JSON Lines: one object a row, its keys the columns' names in their order. Whole numbers and booleans
/// are JSON's own; money and other decimals are strings, since many readers would round a number; NULL is null.
package final class JSONRowsWriter: RowWriter {
    package let columns: [Column]
    private let sink: ByteSink
    private let keys: [[UInt8]]
    @exclusivity(unchecked) private var sums: TableSums
    @exclusivity(unchecked) private var rows = 0

    /// Creates the file (mode 0640). `currency` is what money is in where no column says so; it keys the sums.
    package convenience init(
        path: String, columns: [Column], compression: Compression? = nil, currency: String? = nil
    ) throws {
        self.init(try ByteSink(path: path, compression: compression), columns, currency)
    }

    private init(_ sink: ByteSink, _ columns: [Column], _ currency: String?) {
        self.columns = columns
        self.sink = sink
        sums = TableSums(columns: columns, defaultCurrency: currency)
        keys = columns.enumerated().map { index, column in
            Array((index == 0 ? "{\"" : ",\"").utf8) + Self.escaped(column.name.utf8) + Array("\":".utf8)
        }
    }

    /// Appends a row's object.
    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        rows += 1
        try sums.add(fields, row: rows)
        for (index, field) in fields.enumerated() {
            try keys[index].withUnsafeBytes { try sink.append($0) }
            if let field { try append(field, columns[index].kind) } else { try sink.append("null") }
        }
        try sink.append("}\n")
    }

    /// Writes what is left and closes the file.
    package func finish() throws -> WrittenTable {
        try sink.finish()
        return sums.table(rows: rows)
    }

    private func append(_ field: FieldBytes, _ kind: CellKind) throws {
        switch kind {
        case .integer: try sink.append(field)
        case .boolean: try sink.append(field.first == UInt8(ascii: "t") ? "true" : "false")
        default:
            try sink.append(UInt8(ascii: "\""))
            if field.contains(where: Self.needsEscape) {
                try Self.escaped(field).withUnsafeBytes { try sink.append($0) }
            } else {
                try sink.append(field)
            }
            try sink.append(UInt8(ascii: "\""))
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// What stands in a JSON string (RFC 8259): quote, backslash and control characters escaped, the rest as it is.
    private static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        let hex = Array("0123456789abcdef".utf8)
        var escaped: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escaped += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): escaped += Array("\\n".utf8)
            case UInt8(ascii: "\t"): escaped += Array("\\t".utf8)
            case 0..<0x20: escaped += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            default: escaped.append(byte)
            }
        }
        return escaped
    }
}
