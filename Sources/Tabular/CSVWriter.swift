import Diagnostics

/// Writes a table as a CSV file (RFC 4180), in constant memory.
///
/// Until `finish` has returned, the file is the writer's, and goes with it.
package final class CSVWriter: RowWriter {
    package let columns: [Column]
    private let options: CSVWriterOptions
    private let sink: ByteSink
    @exclusivity(unchecked) private var sums: TableSums
    @exclusivity(unchecked) private var rows = 0
    private let nullText: [UInt8]
    private let isAlone: Bool

    /// Creates the file (mode 0640) and writes its header: the columns' names.
    ///
    /// `currency` is what money is in where no column says so; it keys the sums.
    package convenience init(
        path: String, columns: [Column], options: CSVWriterOptions = .init(), compression: Compression? = nil,
        currency: String? = nil
    ) throws {
        try self.init(ByteSink(path: path, compression: compression), columns, options, currency)
    }

    /// Writes to an open descriptor, such as standard output; `name` stands for it in errors.
    package convenience init(
        descriptor: Int32, named name: String, columns: [Column], options: CSVWriterOptions = .init(),
        currency: String? = nil
    ) throws {
        try self.init(ByteSink(borrowing: descriptor, named: name), columns, options, currency)
    }

    private init(
        _ sink: ByteSink, _ columns: [Column], _ options: CSVWriterOptions, _ currency: String?
    ) throws {
        self.columns = columns
        self.options = options
        self.sink = sink
        nullText = Array(options.nullText.utf8)
        isAlone = columns.count == 1
        sums = TableSums(columns: columns, defaultCurrency: currency)
        if options.byteOrderMark {
            for byte in [0xEF, 0xBB, 0xBF] as [UInt8] { try sink.append(byte) }
        }
        for (index, column) in columns.enumerated() {
            if index > 0 { try sink.append(options.delimiter) }
            var name = column.name
            try name.withUTF8 { try writeText(UnsafeRawBufferPointer($0)) }
        }
        try endLine()
    }

    /// Writes a row; throws `disk.full` when there is no room for it.
    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        guard fields.count == columns.count else {
            throw Failure(
                .internalError, "A row of \(fields.count) fields was given to a table of \(columns.count) columns.",
                at: .file(sink.path))
        }
        rows += 1
        try sums.add(fields, row: rows)
        for index in fields.indices {
            if index > 0 { try sink.append(options.delimiter) }
            guard let field = fields[index] else {
                try writeNull()
                continue
            }
            switch columns[index].kind {
            case .text:
                try writeText(field)
            case .integer, .money, .decimal, .percent, .rating:
                try writePlain(field)
            case .date, .timestamp:
                try writeQuotingWhereNeeded(field)
            case .boolean:
                try writeBoolean(field)
            }
        }
        try endLine()
    }

    /// Writes what is left and closes the file.
    package func finish() throws -> WrittenTable {
        try sink.finish()
        return sums.table(rows: rows)
    }

    private func endLine() throws {
        if options.lineEnding == .crlf { try sink.append(UInt8(ascii: "\r")) }
        try sink.append(UInt8(ascii: "\n"))
    }
}

extension CSVWriter {
    /// An empty line is no record to most readers, so a table of one column writes NULL as a quoted empty text.
    private func writeNull() throws {
        if nullText.isEmpty {
            if isAlone { try writeQuoted(FieldBytes(start: nil, count: 0)) }
            return
        }
        try nullText.withUnsafeBytes { try sink.append($0) }
    }

    private func writeBoolean(_ field: FieldBytes) throws {
        if field.count == 1, field[0] == UInt8(ascii: "t") {
            try sink.append("true")
        } else if field.count == 1, field[0] == UInt8(ascii: "f") {
            try sink.append("false")
        } else {
            try writeQuotingWhereNeeded(field)
        }
    }

    /// A number: as PostgreSQL printed it. One that is none (a column declared wrongly) must not become a formula.
    private func writePlain(_ field: FieldBytes) throws {
        guard isPlainNumber(field) else { return try writeText(field) }
        try sink.append(field)
    }

    private func writeText(_ field: FieldBytes) throws {
        if options.profile == .spreadsheet, isFormulaLike(field) {
            try sink.append(UInt8(ascii: "\""))
            try sink.append(UInt8(ascii: "'"))
            try writeDoublingQuotes(field)
            try sink.append(UInt8(ascii: "\""))
        } else {
            try writeQuotingWhereNeeded(field)
        }
    }

    private func writeQuotingWhereNeeded(_ field: FieldBytes) throws {
        if needsQuotes(field) { try writeQuoted(field) } else { try sink.append(field) }
    }

    private func writeQuoted(_ field: FieldBytes) throws {
        try sink.append(UInt8(ascii: "\""))
        try writeDoublingQuotes(field)
        try sink.append(UInt8(ascii: "\""))
    }

    private func writeDoublingQuotes(_ field: FieldBytes) throws {
        var rest = field[...]
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            try sink.append(FieldBytes(rebasing: rest[...quote]))
            try sink.append(UInt8(ascii: "\""))
            rest = rest[(quote + 1)...]
        }
        try sink.append(FieldBytes(rebasing: rest))
    }

    /// RFC 4180's reasons, and two of ours: readers strip blanks at the ends of an unquoted field, and a text equal to
    /// `nullText` would be read as NULL.
    private func needsQuotes(_ field: FieldBytes) -> Bool {
        guard let first = field.first, let last = field.last else { return nullText.isEmpty }
        if isBlank(first) || isBlank(last) { return true }
        if containsSpecial(field, options.delimiter) { return true }
        return field.count == nullText.count && field.elementsEqual(nullText)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

/// True for a text that a spreadsheet runs: one that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, or
/// with the full-width form of a sign, which some of them fold.
func isFormulaLike(_ field: FieldBytes) -> Bool {
    guard let first = field.first else { return false }
    switch first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"),
        UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        return true
    case 0xEF:
        guard field.count >= 3 else { return false }
        // U+FF1D, U+FF0B, U+FF0D, U+FF20.
        return (field[1] == 0xBC && [0x9D, 0x8B, 0x8D, 0xA0].contains(field[2]))
    default:
        return false
    }
}

/// True for digits with an optional sign and point, and for the names that PostgreSQL gives to what is no number.
func isPlainNumber(_ field: FieldBytes) -> Bool {
    var index = 0
    if field.first == UInt8(ascii: "-") { index = 1 }
    guard index < field.count else { return false }
    while index < field.count {
        let byte = field[index]
        guard byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") else {
            let text = String(decoding: field, as: UTF8.self)
            return text == "NaN" || text == "Infinity" || text == "-Infinity" || Double(text) != nil
        }
        index += 1
    }
    return true
}

/// True when the field holds the delimiter, a quote, CR or LF. Eight bytes are looked at in one step.
func containsSpecial(_ field: FieldBytes, _ delimiter: UInt8) -> Bool {
    let patterns = SpecialBytes(UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"), delimiter)
    return patterns.firstIndex(in: field, from: 0) < field.count
}
