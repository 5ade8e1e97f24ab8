import CMiniZip
import Testing

/// The parts of an XLSX file as text, read by minizip, which did not write them.
struct PackageText {
    let parts: [String: String]

    init(_ path: String) throws {
        let archive = try #require(unzOpen64(path))
        defer { unzClose(archive) }
        var parts: [String: String] = [:]
        var result = unzGoToFirstFile(archive)
        while result == UNZ_OK {
            var info = unz_file_info64()
            var name = [CChar](repeating: 0, count: 256)
            try #require(unzGetCurrentFileInfo64(archive, &info, &name, 255, nil, 0, nil, 0) == UNZ_OK)
            try #require(unzOpenCurrentFile(archive) == UNZ_OK)
            var bytes = [UInt8](repeating: 0, count: Int(info.uncompressed_size))
            let got = bytes.withUnsafeMutableBytes { unzReadCurrentFile(archive, $0.baseAddress, UInt32($0.count)) }
            try #require(Int(got) == bytes.count)
            try #require(unzCloseCurrentFile(archive) == UNZ_OK)
            let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            parts[String(decoding: text, as: UTF8.self)] = String(decoding: bytes, as: UTF8.self)
            result = unzGoToNextFile(archive)
        }
        self.parts = parts
    }

    /// The XML of the sheet at `number`, which counts from 1.
    func sheet(_ number: Int) throws -> String { try #require(parts["xl/worksheets/sheet\(number).xml"]) }

    /// The names of the sheets, in their order.
    func sheetNames() throws -> [String] {
        let book = try #require(parts["xl/workbook.xml"])
        return book.matches(of: /<sheet name="([^"]*)"/).map { String($0.output.1) }
    }

    /// What a cell with a formula has cached.
    static func cached(_ cell: String, in sheet: String) throws -> (formula: String, value: String) {
        let pattern = try Regex(
            "<c r=\"\(cell)\"[^>]*><f>([^<]*)</f><v>([^<]*)</v>", as: (Substring, Substring, Substring).self)
        let match = try #require(sheet.firstMatch(of: pattern), "no formula in \(cell)")
        return (String(match.output.1), String(match.output.2))
    }

    /// The text of a cell.
    static func text(_ cell: String, in sheet: String) throws -> String? {
        let pattern = try Regex(
            "<c r=\"\(cell)\"[^>]*t=\"inlineStr\"><is><t[^>]*>([^<]*)</t>", as: (Substring, Substring).self)
        return sheet.firstMatch(of: pattern).map { String($0.output.1) }
    }
}
