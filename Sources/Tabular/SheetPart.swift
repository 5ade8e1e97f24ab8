import CLibXLSXWriter
import Diagnostics
import Glibc

/// One worksheet of a workbook: its handle (the workbook's own), its name, and the temporary file of its rows.
struct SheetPart {
    let worksheet: UnsafeMutablePointer<lxw_worksheet>
    let name: String
    let temporaryFolder: String
    /// True for a sheet whose rows are kept in memory; the others have a temporary file.
    let isInMemory: Bool

    /// Throws what libxlsxwriter refuses.
    func check(_ result: lxw_error) throws { try checkLibrary(result, "sheet \(name)") }

    /// Throws `disk.full` when rows could not be kept: libxlsxwriter itself loses them and reports success.
    func checkRowsKept() throws {
        guard !isInMemory else { return }
        guard ferror(worksheet.pointee.optimize_tmpfile) == 0 else {
            throw temporaryFolderFailure(temporaryFolder, errno: errno == 0 ? ENOSPC : errno)
        }
    }

    /// Hands the last row over and answers how many bytes of rows the sheet has, all of them kept; nil for a sheet in
    /// memory, whose bytes are made while it is packed.
    func sealedBytes() throws -> Int? {
        guard !isInMemory else { return nil }
        errno = 0
        lxw_worksheet_write_single_row(worksheet)
        let file = worksheet.pointee.optimize_tmpfile
        guard fflush(file) == 0 else { throw temporaryFolderFailure(temporaryFolder, errno: errno) }
        try checkRowsKept()
        let bytes = ftell(file)
        guard bytes >= 0 else { throw temporaryFolderFailure(temporaryFolder, errno: errno) }
        return bytes
    }
}

/// Throws what libxlsxwriter refuses of a sheet or a name.
func checkLibrary(_ result: lxw_error, _ place: String) throws {
    guard result != LXW_NO_ERROR else { return }
    let reason = lxw_strerror(result).map { String(cString: $0) } ?? "error \(result.rawValue)"
    throw Failure(.internalError, "libxlsxwriter: \(reason)", at: .named(place))
}
