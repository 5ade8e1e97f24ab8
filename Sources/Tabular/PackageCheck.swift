import CMiniZip
import Diagnostics
import Glibc

/// Looks into a finished workbook: a paired check against what was written, because libxlsxwriter does not notice when
/// one of its temporary files was cut off.
struct PackageCheck {
    let path: String

    /// Every part is whole (its CRC is right and its XML ends with its root element), and every sheet holds exactly
    /// the bytes of rows that were handed over, in the order of the sheets; nil is a sheet that was in memory.
    func prove(sheetBytes: [Int?], temporaryFolder: String) throws {
        guard let archive = unzOpen64(path) else {
            throw Failure(
                .diskFull, "The workbook was not written to its end: the disk is full.", at: .file(path))
        }
        defer { unzClose(archive) }
        var sheets = 0
        var result = unzGoToFirstFile(archive)
        while result == UNZ_OK {
            let name = try entryName(archive)
            let isSheet = name.hasPrefix("xl/worksheets/sheet")
            let rows =
                isSheet ? sheetNumber(name).flatMap { sheetBytes.indices.contains($0) ? sheetBytes[$0] : nil } : nil
            if isSheet { sheets += 1 }
            guard try isWhole(archive, rowBytes: rows, isSheet: isSheet) else {
                throw Failure(
                    .diskFull, "Rows were lost while the workbook was packed (\(name)): the temporary folder is full.",
                    at: .file(temporaryFolder))
            }
            result = unzGoToNextFile(archive)
        }
        guard result == UNZ_END_OF_LIST_OF_FILE, sheets == sheetBytes.count else {
            throw Failure(.diskFull, "The workbook was not written to its end: the disk is full.", at: .file(path))
        }
    }

    private func entryName(_ archive: unzFile) throws -> String {
        var info = unz_file_info64()
        var name = [CChar](repeating: 0, count: 512)
        guard unzGetCurrentFileInfo64(archive, &info, &name, UInt(name.count - 1), nil, 0, nil, 0) == UNZ_OK else {
            throw Failure(.internalError, "The workbook cannot be read back.", at: .file(path))
        }
        return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// `xl/worksheets/sheet3.xml` is 2.
    private func sheetNumber(_ name: String) -> Int? {
        Int(name.dropFirst("xl/worksheets/sheet".count).prefix { $0.isNumber }).map { $0 - 1 }
    }

    /// Reads the current part to its end.
    private func isWhole(_ archive: unzFile, rowBytes: Int?, isSheet: Bool) throws -> Bool {
        guard unzOpenCurrentFile(archive) == UNZ_OK else { return false }
        var scan = PartScan(rowBytes: rowBytes)
        let capacity = 128 * 1024
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = unzReadCurrentFile(archive, buffer.baseAddress, UInt32(capacity))
            if count < 0 {
                unzCloseCurrentFile(archive)
                return false
            }
            if count == 0 { break }
            scan.add(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
        }
        guard unzCloseCurrentFile(archive) == UNZ_OK else { return false }
        return scan.endsWithRoot && (!isSheet || rowBytes == nil || scan.hasAllRows)
    }
}

/// What has to be known of a part's bytes, taken from them as they pass.
private struct PartScan {
    /// The bytes that must stand between `<sheetData>` and `</sheetData>`; nil for what is no sheet.
    let rowBytes: Int?
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// The bytes from where the rows have to end.
    private var end: [UInt8] = []
    private var offset = 0
    /// Where `</sheetData>` must stand, known once the beginning of the rows has passed.
    private var rowsEnd: Int?

    private static let headBytes = 64 * 1024
    private static let opening = Array("<sheetData>".utf8)
    private static let closing = Array("</sheetData>".utf8)
    private static let empty = Array("<sheetData/>".utf8)

    init(rowBytes: Int?) { self.rowBytes = rowBytes }

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        if head.count < PartScan.headBytes { head.append(contentsOf: piece.prefix(PartScan.headBytes - head.count)) }
        if rowsEnd == nil, let rowBytes, let start = position(of: PartScan.opening) {
            rowsEnd = start + PartScan.opening.count + rowBytes
        }
        if let rowsEnd, offset + piece.count > rowsEnd, end.count < PartScan.closing.count {
            let from = max(0, rowsEnd + end.count - offset)
            end.append(contentsOf: piece[from...].prefix(PartScan.closing.count - end.count))
        }
        offset += piece.count
        tail.append(contentsOf: piece.suffix(256))
        if tail.count > 256 { tail.removeFirst(tail.count - 256) }
    }

    var hasAllRows: Bool {
        if rowBytes == 0 { return position(of: PartScan.empty) != nil || end == PartScan.closing }
        return end == PartScan.closing
    }

    /// The last tag closes the first one.
    var endsWithRoot: Bool {
        // The theme ends with a line ending.
        guard let first = rootName, let end = tail.lastIndex(of: UInt8(ascii: ">")) else { return false }
        return String(decoding: tail[...end], as: UTF8.self).hasSuffix("</\(first)>")
    }

    private var rootName: String? {
        let text = String(decoding: head.prefix(512), as: UTF8.self)
        guard let declaration = text.firstRange(of: "?>"),
            let tag = text[declaration.upperBound...].firstIndex(of: "<")
        else { return nil }
        return String(text[text.index(after: tag)...].prefix { $0 != " " && $0 != ">" && $0 != "/" })
    }

    private func position(of pattern: [UInt8]) -> Int? {
        guard head.count >= pattern.count else { return nil }
        for start in 0...(head.count - pattern.count)
        where head[start] == pattern[0] && head[start..<(start + pattern.count)].elementsEqual(pattern) {
            return start
        }
        return nil
    }
}
