/// One row of a COPY in the text format, split into its fields; valid during the call that it is given to.
///
/// A field is its bytes in PostgreSQL's text form (UTF-8), unescaped; nil is NULL. Nothing is copied: the fields lie in
/// the message that libpq received, and are unescaped in place.
package struct CopyRow: ~Copyable {
    /// The fields in the order of the COPY's columns.
    package let fields: UnsafeBufferPointer<UnsafeRawBufferPointer?>

    /// The number of fields.
    package var count: Int { fields.count }
    /// One field, from 0; nil is NULL.
    package subscript(_ index: Int) -> UnsafeRawBufferPointer? { fields[index] }
    /// A String of one field, for the places that need one.
    package func text(_ index: Int) -> String? { fields[index].map { String(decoding: $0, as: UTF8.self) } }
}

extension Connection {
    /// Runs `COPY (…) TO STDOUT` (text format, the default) and calls `body` with each row, in constant memory and
    /// without an allocation a row or a field.
    ///
    /// - Returns: the number of rows.
    @discardableResult package func copyRows(
        _ sql: String, _ body: (borrowing CopyRow) throws -> Void
    ) throws -> Int64 {
        try copyRows(Statement(sql), body)
    }

    /// The same for a statement with a name and a source; it takes no values.
    @discardableResult package func copyRows(
        _ statement: Statement, _ body: (borrowing CopyRow) throws -> Void
    ) throws -> Int64 {
        var splitter = CopySplitter()
        return try copyOut(statement) { line in try body(CopyRow(fields: splitter.split(line))) }
    }
}

/// Splits lines of COPY's text format; keeps its list of fields from row to row.
struct CopySplitter: ~Copyable {
    private var fields: UnsafeMutablePointer<UnsafeRawBufferPointer?>
    private var capacity = 64

    init() { fields = .allocate(capacity: capacity) }

    deinit { fields.deallocate() }

    /// The fields of one line, unescaped in place. They are valid until the next call.
    mutating func split(_ line: UnsafeMutableRawBufferPointer) -> UnsafeBufferPointer<UnsafeRawBufferPointer?> {
        guard let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        var end = line.count
        if end > 0, base[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        var count = 0
        var start = 0
        var position = 0
        while true {
            // Up to the next tab or backslash.
            while position < end, base[position] != Self.tab, base[position] != Self.backslash { position += 1 }
            var length = position - start
            var isNull = false
            if position < end, base[position] == Self.backslash {
                isNull = position == start && position + 1 < end && base[position + 1] == UInt8(ascii: "N")
                length = Self.unescape(base, start, &position, end) - start
            }
            if count == capacity { grow() }
            fields[count] = isNull ? nil : UnsafeRawBufferPointer(start: base + start, count: length)
            count += 1
            guard position < end else { break }
            position += 1
            start = position
        }
        return UnsafeBufferPointer(start: fields, count: count)
    }

    private static let tab = UInt8(ascii: "\t")
    private static let backslash = UInt8(ascii: "\\")

    /// Unescapes from the first backslash of a field on. `position` ends at the field's tab or at `end`.
    /// - Returns: where the unescaped field ends.
    private static func unescape(
        _ base: UnsafeMutablePointer<UInt8>, _ start: Int, _ position: inout Int, _ end: Int
    ) -> Int {
        var target = position
        while position < end, base[position] != tab {
            var byte = base[position]
            position += 1
            if byte == backslash, position < end {
                byte = control(base[position])
                position += 1
            }
            base[target] = byte
            target += 1
        }
        return target
    }

    /// COPY TO writes exactly these; every other escaped byte stands for itself.
    private static func control(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "v"): 11
        default: letter
        }
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UnsafeRawBufferPointer?>.allocate(capacity: capacity * 2)
        larger.initialize(from: fields, count: capacity)
        fields.deallocate()
        fields = larger
        capacity *= 2
    }
}
