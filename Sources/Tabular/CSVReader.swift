import CLibCSV
package import Diagnostics

/// Reads a CSV file record by record, in constant memory, refusing by name whatever is not well formed.
///
/// libcsv parses, in strict mode. It does not say where it is, so each record's end is found first by a scan of our
/// own (a line ending outside quotes), and libcsv is given that record alone: what it calls back with belongs to this
/// line and no other, and what it refuses is at this byte. It never sees a byte order mark, a NUL or invalid UTF-8.
package final class CSVReader {
    package let path: String
    /// When set, a record with another number of fields refuses the file.
    package var fieldCount: Int?

    private let options: CSVReaderOptions
    let source: CSVSource
    private var parser = csv_parser()
    let collector: UnsafeMutablePointer<FieldCollector>

    /// Bytes read and not yet consumed: `start` to `end`, of which those before `scanned` were searched for the end of
    /// the record.
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var scanned = 0
    private var isAtEnd = false
    /// State of the search: inside quotes, and line endings passed inside them.
    private var isQuoted = false
    private var innerLines = 0
    private var line = 1
    private var failure: Failure?

    /// The record that was given out last, in `buffer`.
    private(set) var record = 0..<0
    private(set) var recordLine = 1

    private static let pieceBytes = 256 * 1024

    /// Opens the file.
    package init(path: String, options: CSVReaderOptions = .init()) throws(Failure) {
        let reserved = [0, UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: " ")]
        guard options.delimiter < 0x80, options.quote < 0x80, options.delimiter != options.quote,
            !reserved.contains(options.delimiter), !reserved.contains(options.quote)
        else {
            throw Failure(
                .configInvalid, "Delimiter and quote must be two different ASCII characters, neither a space.",
                at: .file(path))
        }
        self.path = path
        self.options = options
        source = try CSVSource(path: path, encoding: options.encoding)
        buffer = .allocate(byteCount: 2 * CSVReader.pieceBytes, alignment: 16)
        collector = .allocate(capacity: 1)
        collector.initialize(to: FieldCollector())
        csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL))
        csv_set_delim(&parser, options.delimiter)
        csv_set_quote(&parser, options.quote)
        // libcsv grows its field buffer by this much each time; its default of 128 bytes makes long fields quadratic.
        csv_set_blk_size(&parser, 16 * 1024)
        if options.blanks == .kept { csv_set_space_func(&parser) { _ in 0 } }
    }

    deinit {
        csv_free(&parser)
        collector.pointee.deallocate()
        collector.deallocate()
        buffer.deallocate()
    }

    /// The next record, nil at the end. It is borrowed: valid until the next call. Empty lines are no records.
    ///
    /// Throws `csv.malformed` and `csv.encoding` with line and column; after an error the reader is done.
    package func next() throws(Failure) -> CSVRecord? {
        if let failure { throw failure }
        do {
            while let content = try findRecord() {
                let isRecord = try parse(content)
                recordLine = line
                record = content
                line += innerLines + 1
                innerLines = 0
                if isRecord {
                    try checkFieldCount()
                    return CSVRecord(reader: self)
                }
            }
            return nil
        } catch {
            failure = error
            throw error
        }
    }
}

extension CSVReader {
    /// The bytes of the next line or quoted run of lines, without its line ending, which is consumed too; nil at the
    /// end of the file.
    private func findRecord() throws(Failure) -> Range<Int>? {
        let lineFeed = UInt8(ascii: "\n")
        let wanted = SpecialBytes(options.quote, UInt8(ascii: "\r"), lineFeed, lineFeed)
        while true {
            let bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: end)
            var index = scanned
            while true {
                index = wanted.firstIndex(in: bytes, from: index)
                guard index < end else { break }
                let byte = bytes[index]
                if byte == options.quote {
                    isQuoted.toggle()
                    index += 1
                    continue
                }
                // CR alone ends a line, CR LF ends one and not two: the byte after a CR has to be there.
                if byte != lineFeed, index + 1 == end, !isAtEnd { break }
                let isPair = byte != lineFeed && index + 1 < end && bytes[index + 1] == lineFeed
                let after = index + (isPair ? 2 : 1)
                if isQuoted {
                    innerLines += 1
                    index = after
                    continue
                }
                defer { (start, scanned) = (after, after) }
                try checkRecordSize(start..<index)
                return start..<index
            }
            scanned = index
            if isAtEnd { return try lastRecord() }
            try checkRecordSize(start..<end)
            try refill()
        }
    }

    private func lastRecord() throws(Failure) -> Range<Int>? {
        guard start < end else { return nil }
        defer { (start, scanned) = (end, end) }
        try checkRecordSize(start..<end)
        if isQuoted { throw unclosedQuote(start..<end, "before the end of the file") }
        return start..<end
    }

    private func checkRecordSize(_ content: Range<Int>) throws(Failure) {
        guard content.count > options.maxRecordBytes else { return }
        if isQuoted { throw unclosedQuote(content, "within \(options.maxRecordBytes) bytes") }
        throw Failure(
            .csvMalformed, "The record is longer than \(options.maxRecordBytes) bytes.",
            at: .file(path, line: line, column: 1), advice: "The file is no CSV, or has lost its line endings.")
    }

    /// Moves what is left to the front and reads on behind it.
    private func refill() throws(Failure) {
        if start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (scanned, end, start) = (scanned - start, end - start, 0)
        }
        if buffer.count - end < CSVReader.pieceBytes {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
            buffer.deallocate()
            buffer = larger
        }
        let count = try source.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
        end += count
        isAtEnd = count == 0
    }

    /// Gives one record to libcsv; false for an empty line, of which libcsv says nothing.
    private func parse(_ content: Range<Int>) throws(Failure) -> Bool {
        try checkText(content)
        collector.pointee.reset(recordBytes: content.count)
        try feed(content)
        // Only now is the record ended: a last line without a line ending looks like any other.
        guard csv_fini(&parser, FieldCollector.onField, FieldCollector.onRecord, collector) == 0 else {
            throw unclosedQuote(content, "before the end of the line")
        }
        guard collector.pointee.rows <= 1 else {
            throw Failure(.internalError, "libcsv sees more than one record here.", at: .file(path, line: line))
        }
        try checkFieldSizes(content)
        return collector.pointee.rows == 1
    }

    private func feed(_ content: Range<Int>) throws(Failure) {
        guard let base = buffer.baseAddress, !content.isEmpty else { return }
        let consumed = csv_parse(
            &parser, base + content.lowerBound, content.count, FieldCollector.onField, FieldCollector.onRecord,
            collector)
        guard consumed < content.count else { return }
        guard csv_error(&parser) == CSV_EPARSE else {
            throw Failure(.internalError, "libcsv ran out of memory.", at: .file(path, line: line))
        }
        throw misplaced(content, at: content.lowerBound + consumed)
    }

    private func checkFieldSizes(_ content: Range<Int>) throws(Failure) {
        guard content.count > options.maxFieldBytes else { return }
        for index in 0..<collector.pointee.count where collector.pointee.spans[index].count > options.maxFieldBytes {
            let walk = CSVWalk(buffer, content, line, options)
            let place = walk.place(ofField: index)
            throw Failure(
                .csvMalformed, "Field \(index + 1) is longer than \(options.maxFieldBytes) bytes.",
                at: .file(path, line: place.line, column: place.column))
        }
    }

    private func checkFieldCount() throws(Failure) {
        guard let fieldCount, collector.pointee.count != fieldCount else { return }
        throw Failure(
            .csvMalformed,
            "The record has \(collector.pointee.count) fields, and \(fieldCount) were expected.",
            at: .file(path, line: recordLine, column: 1),
            advice: "Look for a delimiter inside a field without quotes, or a line that was cut off.")
    }
}

extension CSVReader {
    /// A quote opened and nothing closed it. If libcsv finds fault with what stands before, that is the cause.
    private func unclosedQuote(_ content: Range<Int>, _ until: String) -> Failure {
        collector.pointee.reset(recordBytes: content.count)
        do { try feed(content) } catch { return error }
        let walk = CSVWalk(buffer, content, line, options)
        let place = walk.quote(before: content.upperBound)
        return Failure(
            .csvMalformed, "The quote that opens field \(place.field + 1) here is not closed \(until).",
            at: .file(path, line: place.line, column: place.column), advice: "The file may have been cut off.")
    }

    /// What strict mode refuses: a quote inside an unquoted field, or text behind a closing quote.
    private func misplaced(_ content: Range<Int>, at offset: Int) -> Failure {
        let walk = CSVWalk(buffer, content, line, options)
        let here = walk.place(of: offset)
        let opened = walk.quote(before: offset)
        guard opened.field == here.field else {
            return Failure(
                .csvMalformed, "There is a quote inside field \(here.field + 1), which does not begin with one.",
                at: .file(path, line: here.line, column: here.column),
                advice: "Put the whole field in quotes and double those inside it.")
        }
        // Behind a quote that closes lines after it opened, the one that was left open is the cause.
        let place = opened.line == here.line ? here : opened
        return Failure(
            .csvMalformed,
            "Field \(here.field + 1) opens a quote in line \(opened.line) and goes on behind the quote that closes it"
                + " in line \(here.line), column \(here.column).",
            at: .file(path, line: place.line, column: place.column),
            advice: "Double the quotes inside a quoted field, and look for one that was left open.")
    }

    /// Refuses NUL and what is no UTF-8, with the place of the byte.
    private func checkText(_ content: Range<Int>) throws(Failure) {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[content])
        guard !isPlainASCII(bytes) else { return }
        if let offset = bytes.firstIndex(of: 0) {
            let place = CSVWalk(buffer, content, line, options).place(of: content.lowerBound + offset)
            throw Failure(
                .csvMalformed, "There is a NUL byte in field \(place.field + 1).",
                at: .file(path, line: place.line, column: place.column),
                advice: "The file is damaged, or in an encoding other than \(options.encoding.rawValue).")
        }
        guard let offset = firstInvalidUTF8(bytes) else { return }
        let place = CSVWalk(buffer, content, line, options).place(of: content.lowerBound + offset)
        let found = options.encoding == .utf8 ? "Byte 0x\(String(bytes[offset], radix: 16, uppercase: true))" : "A byte"
        throw Failure(
            .csvEncoding, "\(found) in field \(place.field + 1) is no character in \(options.encoding.rawValue).",
            at: .file(path, line: place.line, column: place.column),
            advice: options.encoding == .utf8
                ? "Save the file as UTF-8, or set the encoding that it has, such as windows-1252." : nil)
    }

    /// Where a field of the current record begins.
    func location(of index: Int) -> Location {
        let place = CSVWalk(buffer, record, recordLine, options).place(ofField: index)
        return .file(path, line: place.line, column: place.column)
    }

    /// What the reader holds, whatever the size of the file; for tests.
    var heldBytes: Int { buffer.count + collector.pointee.bytesCapacity + parser.entry_size }

    var rawRecord: FieldBytes { FieldBytes(rebasing: buffer[record]) }
}
