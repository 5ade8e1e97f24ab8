/// A text made safe for a cell, in a buffer that is used again for the next one.
///
/// A cell holds 32,767 characters (UTF-16 units, as Excel counts). A longer text is cut and ends in `…`. What XML
/// cannot hold becomes U+FFFD. `_x0041_` is how the format writes a character by its number, so a text that looks like
/// that is escaped, or Excel would show `A`. Control characters are escaped by libxlsxwriter.
struct CellText {
    static let longest = 32_767

    private var buffer: [UInt8] = []

    /// Calls `body` with the text as a C string.
    mutating func withCString(
        _ field: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) throws -> Void
    ) rethrows {
        buffer.removeAll(keepingCapacity: true)
        if field.count <= CellText.longest, isPlainASCII(field), !containsEscape(field) {
            buffer.append(contentsOf: field)
        } else {
            appendChecked(field)
        }
        buffer.append(0)
        try buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            try body(base.assumingMemoryBound(to: CChar.self))
        }
    }

    /// More bytes than this are more than a cell holds, whatever they say: three of them make a unit at the least.
    private static let mostBytes = 3 * longest

    private mutating func appendChecked(_ field: UnsafeRawBufferPointer) {
        // Of a gigabyte only the beginning is looked at.
        let text = String(decoding: field.prefix(CellText.mostBytes + 4), as: UTF8.self)
        var units = 0
        let isTooLong =
            field.count > CellText.mostBytes
            || (field.count > CellText.longest && text.utf16.count > CellText.longest)
        let limit = isTooLong ? CellText.longest - 1 : CellText.longest
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.first {
            let isEscape = scalar == "_" && CellText.isEscape(scalars)
            // The escape of an underscore is one character for Excel, and seven for libxlsxwriter, which counts too.
            let width = isEscape ? 7 : UTF16.width(scalar)
            guard units + width <= limit else { break }
            units += width
            if scalar.value == 0xFFFE || scalar.value == 0xFFFF || scalar.value == 0 {
                append("\u{FFFD}")
            } else if isEscape {
                for part in "_x005F_".unicodeScalars { append(part) }
            } else {
                append(scalar)
            }
            scalars.removeFirst()
        }
        if isTooLong { append("…") }
    }

    private mutating func append(_ scalar: Unicode.Scalar) { buffer.append(contentsOf: scalar.utf8) }

    private func containsEscape(_ field: UnsafeRawBufferPointer) -> Bool {
        var rest = field[...]
        while let underscore = rest.firstIndex(of: UInt8(ascii: "_")) {
            rest = rest[(underscore + 1)...]
            if rest.count >= 6, rest.first == UInt8(ascii: "x"), rest[underscore + 6] == UInt8(ascii: "_") {
                return true
            }
        }
        return false
    }

    /// True for `_xHHHH_` at the beginning.
    private static func isEscape(_ scalars: Substring.UnicodeScalarView) -> Bool {
        let head = Array(scalars.prefix(7))
        return head.count == 7 && head[1] == "x" && head[6] == "_"
            && head[2..<6].allSatisfy(\.properties.isASCIIHexDigit)
    }
}
