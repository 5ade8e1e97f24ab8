import CLibXLSXWriter
import Diagnostics
import Glibc

/// The workbook as libxlsxwriter keeps it, owned here and shared by the workbook and its sheets: it frees the handle, and
/// removes a file that was not finished.
final class WorkbookFile {
    let path: String
    let temporaryFolder: String
    let formats: WorkbookFormats
    /// libxlsxwriter's own, nil once it is closed; it frees all sheets and formats with it.
    private(set) var handle: UnsafeMutablePointer<lxw_workbook>?
    /// True for a file, which goes unless it is finished; a device stays.
    private let removesFile: Bool
    private var parts: [SheetPart] = []
    private var names: Set<String> = []
    private var ranges = DefinedNames()
    /// What stands above each printed page.
    let headline: String
    /// The sheet that was added last; for tests.
    var lastPart: SheetPart? { parts.last }
    /// Data rows of one sheet; fewer in tests.
    var rowsPerSheet = Int(LXW_ROW_MAX) - 1

    init(path: String, temporaryFolder: String, headline: String = "") throws {
        self.path = path
        self.headline = headline
        self.temporaryFolder = temporaryFolder
        // Where this one cannot be used, libxlsxwriter would silently take another.
        guard access(temporaryFolder, W_OK | X_OK) == 0, isFolder(temporaryFolder) else {
            throw temporaryFolderFailure(temporaryFolder, errno: errno == 0 ? ENOTDIR : errno)
        }
        // Made by us first: it gets its mode, and an error its reason, which libxlsxwriter would not tell.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw fileFailure("The workbook cannot be created", path) }
        Glibc.close(descriptor)
        removesFile = fileStatus(path)?.isRegular == true
        let made = temporaryFolder.withCString { folder in
            // libxlsxwriter copies the folder's name.
            var options = lxw_workbook_options(
                constant_memory: UInt8(LXW_TRUE.rawValue), tmpdir: UnsafeMutablePointer(mutating: folder),
                use_zip64: UInt8(LXW_FALSE.rawValue))
            return workbook_new_opt(path, &options)
        }
        guard let made else {
            if removesFile { unlink(path) }
            throw Failure(.internalError, "libxlsxwriter could not make a workbook: out of memory.", at: .file(path))
        }
        handle = made
        formats = WorkbookFormats(made)
    }

    deinit { if handle != nil { abandon() } }

    /// Frees everything and removes the file.
    func abandon() {
        if let handle {
            // These libxlsxwriter closes only while it packs.
            for part in parts where !part.isInMemory { fclose(part.worksheet.pointee.optimize_tmpfile) }
            lxw_workbook_free(handle)
        }
        handle = nil
        if removesFile { unlink(path) }
    }

    /// A sheet under a name that no other has. One in memory is for few rows, and for what libxlsxwriter has to find
    /// again: the figures of charts.
    func addPart(named name: String, isInMemory: Bool = false) throws -> SheetPart {
        guard let handle else { throw Failure(.internalError, "The workbook is closed.", at: .file(path)) }
        let unique = SheetName.unique(name, among: names)
        // Each sheet is made as the workbook's option says at that moment.
        handle.pointee.options.constant_memory = UInt8((isInMemory ? LXW_FALSE : LXW_TRUE).rawValue)
        let worksheet = workbook_add_worksheet(handle, unique)
        handle.pointee.options.constant_memory = UInt8(LXW_TRUE.rawValue)
        guard let worksheet, isInMemory || worksheet.pointee.optimize_tmpfile != nil else {
            throw temporaryFolderFailure(temporaryFolder, errno: errno)
        }
        names.insert(unique.lowercased())
        let part = SheetPart(
            worksheet: worksheet, name: unique, temporaryFolder: temporaryFolder, isInMemory: isInMemory)
        parts.append(part)
        return part
    }

    /// Names a range, by words that are joined into what Excel takes.
    func define(_ words: [String], as reference: String) throws {
        guard let handle else { throw Failure(.internalError, "The workbook is closed.", at: .file(path)) }
        try ranges.define(words, as: reference, in: handle)
    }

    /// Packs the sheets into the file, and proves that all that was written is in it.
    func pack() throws {
        guard let workbook = handle else { return }
        if parts.isEmpty { _ = try addPart(named: "Sheet1") }
        let expected = try parts.map { try $0.sealedBytes() }
        try checkRoom(for: expected.compactMap(\.self).max() ?? 0)
        handle = nil
        errno = 0
        let result = workbook_close(workbook)
        let code = errno
        guard result == LXW_NO_ERROR else { throw closeFailure(result, code) }
        try PackageCheck(path: path).prove(sheetBytes: expected, temporaryFolder: temporaryFolder)
    }

    /// libxlsxwriter copies a sheet's rows into a second temporary file while it packs, and does not notice when that
    /// one is cut off: so there has to be room for it.
    private func checkRoom(for bytes: Int) throws {
        var status = statvfs()
        guard statvfs(temporaryFolder, &status) == 0 else { return }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let wanted = bytes + 64 * 1024
        guard free >= wanted else { throw temporaryFolderFailure(temporaryFolder, errno: ENOSPC) }
    }

    private func closeFailure(_ result: lxw_error, _ code: Int32) -> Failure {
        if result == LXW_ERROR_CREATING_TMPFILE { return temporaryFolderFailure(temporaryFolder, errno: code) }
        if code != 0 { return fileFailure("The workbook cannot be written", path, errno: code) }
        // The reason was lost on the way: a folder without room for a page is reason enough.
        var status = statvfs()
        if statvfs(path, &status) == 0, status.f_bavail * status.f_frsize < 64 * 1024 {
            return fileFailure("The workbook cannot be written", path, errno: ENOSPC)
        }
        let reason = lxw_strerror(result).map { String(cString: $0) } ?? "error \(result.rawValue)"
        return Failure(.fileUnwritable, "The workbook cannot be written: \(reason)", at: .file(path))
    }
}

/// Says of libxlsxwriter's temporary folder what errno says of it.
func temporaryFolderFailure(_ folder: String, errno code: Int32) -> Failure {
    fileFailure("The rows of a workbook cannot be kept in the temporary folder", folder, errno: code == 0 ? EIO : code)
}
