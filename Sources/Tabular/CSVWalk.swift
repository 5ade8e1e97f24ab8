/// Walks over one record's bytes to find lines, columns and fields: slow and simple, for errors only.
struct CSVWalk {
    /// A place: line and column from 1, column in characters, field from 0.
    struct Place: Equatable {
        var line: Int
        var column: Int
        var field: Int
    }

    private let bytes: UnsafeMutableRawBufferPointer
    private let content: Range<Int>
    private let line: Int
    private let options: CSVReaderOptions

    init(
        _ bytes: UnsafeMutableRawBufferPointer, _ content: Range<Int>, _ line: Int, _ options: CSVReaderOptions
    ) {
        self.bytes = bytes
        self.content = content
        self.line = line
        self.options = options
    }

    /// Where the byte at `offset` stands.
    func place(of offset: Int) -> Place {
        var result = Place(line: line, column: 1, field: 0)
        visit { index, place, _ in
            result = place
            return index < offset
        }
        return result
    }

    /// Where a field begins: at its quote, or its first character that is no stripped blank.
    func place(ofField field: Int) -> Place {
        var result = Place(line: line, column: 1, field: field)
        visit { index, place, _ in
            result = place
            guard place.field == field else { return place.field < field }
            guard options.blanks == .trimmed, index < content.upperBound else { return false }
            let byte = bytes[index]
            return (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != options.delimiter
        }
        return result
    }

    /// The last quote before `offset` that opened a field; field -1 when none did.
    func quote(before offset: Int) -> Place {
        var result = Place(line: line, column: 1, field: -1)
        visit { index, place, opensQuote in
            guard index < offset else { return false }
            if opensQuote, result.field != place.field { result = place }
            return true
        }
        return result
    }

    /// Calls `body` with each byte's index and place, and whether a quote opens there, and once behind the last byte,
    /// until it answers false.
    private func visit(_ body: (_ index: Int, _ place: Place, _ opensQuote: Bool) -> Bool) {
        var place = Place(line: line, column: 1, field: 0)
        var isQuoted = false
        var fieldIsEmpty = true
        for index in content {
            let byte = bytes[index]
            let opensQuote = byte == options.quote && !isQuoted && fieldIsEmpty
            guard body(index, place, opensQuote) else { return }
            if byte == options.quote { isQuoted.toggle() }
            if byte == options.delimiter, !isQuoted {
                place.field += 1
                place.column += 1
                fieldIsEmpty = true
                continue
            }
            if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { fieldIsEmpty = false }
            let isPair =
                byte == UInt8(ascii: "\r") && index + 1 < content.upperBound
                && bytes[index + 1] == UInt8(ascii: "\n")
            if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isPair) {
                place.line += 1
                place.column = 1
            } else if byte & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        _ = body(content.upperBound, place, false)
    }
}
