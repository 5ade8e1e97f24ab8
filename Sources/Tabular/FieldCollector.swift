import CLibCSV

/// The fields of the record that libcsv is parsing: its callbacks append here.
///
/// It lives at a fixed address that is handed to C, and is touched by nobody else while `csv_parse` runs.
struct FieldCollector {
    struct Span {
        var start: Int
        /// Negative for an empty field without quotes.
        var count: Int
    }

    var bytes: UnsafeMutableRawPointer
    var bytesCapacity: Int
    var used = 0
    var spans: UnsafeMutablePointer<Span>
    var spansCapacity: Int
    var count = 0
    var rows = 0

    init() {
        bytesCapacity = 64 * 1024
        bytes = .allocate(byteCount: bytesCapacity, alignment: 16)
        spansCapacity = 64
        spans = .allocate(capacity: spansCapacity)
    }

    func deallocate() {
        bytes.deallocate()
        spans.deallocate()
    }

    /// Empties it for a record of at most so many bytes, which is also the most that its fields can have together.
    mutating func reset(recordBytes: Int) {
        used = 0
        count = 0
        rows = 0
        guard recordBytes > bytesCapacity else { return }
        bytes.deallocate()
        bytesCapacity = max(recordBytes, bytesCapacity * 2)
        bytes = .allocate(byteCount: bytesCapacity, alignment: 16)
    }

    @inline(__always)
    mutating func append(_ field: UnsafeMutableRawPointer?, _ length: Int) {
        if count == spansCapacity { growSpans() }
        if let field {
            (bytes + used).copyMemory(from: field, byteCount: length)
            spans[count] = Span(start: used, count: length)
            used += length
        } else {
            spans[count] = Span(start: used, count: -1)
        }
        count += 1
    }

    private mutating func growSpans() {
        let larger = UnsafeMutablePointer<Span>.allocate(capacity: spansCapacity * 2)
        larger.update(from: spans, count: count)
        spans.deallocate()
        spans = larger
        spansCapacity *= 2
    }

    /// libcsv's callback at the end of a field.
    static let onField: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
        field, length, context in
        context?.assumingMemoryBound(to: FieldCollector.self).pointee.append(field, length)
    }

    /// libcsv's callback at the end of a record.
    static let onRecord: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
        context?.assumingMemoryBound(to: FieldCollector.self).pointee.rows += 1
    }
}
