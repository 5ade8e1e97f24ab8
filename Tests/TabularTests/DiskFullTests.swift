import CLibXLSXWriter
import Diagnostics
import Foundation
import Money
import Testing

@testable import Tabular

/// Full disks: each ends with `disk.full`, and nothing half written stays. Where the tests may mount, the disk is a
/// small tmpfs; everywhere, `/dev/full` refuses every byte as a full disk does.
@Suite("A full disk is told, and leaves nothing behind", .serialized)
struct DiskFullTests {
    private static let columns = [Column("name"), Column("amount", kind: .money, total: .sum)]

    /// Rows that do not compress, so that the workbook is as large as they are.
    private func fill(_ writer: any RowWriter, rows: Int) throws {
        var generator = SeededGenerator(seed: 7)
        for row in 0..<rows { try writer.write([String(generator.next(), radix: 36), "\(row).00"]) }
    }

    private func open(_ path: String, temporary: String) throws -> Workbook {
        try Workbook(
            path: path, temporaryFolder: temporary,
            properties: .init(title: "Full", created: try BusinessDate("2026-06-30")))
    }

    private func expectEmpty(_ folders: String...) throws {
        for folder in folders {
            let names = try folderEntries(folder)
            #expect(names.isEmpty)
        }
    }

    @Test("CSV on a device that is full")
    func csvDevice() throws {
        defer { #expect(FileManager.default.fileExists(atPath: "/dev/full"), "a device was removed") }
        let writer = try CSVWriter(path: "/dev/full", columns: Self.columns)
        let failure = #expect(throws: Failure.self) {
            try fill(writer, rows: 10)
            _ = try writer.finish()
        }
        #expect(failure?.code == .diskFull)
    }

    @Test("CSV on a full disk")
    func csv() throws {
        try withSmallDisk(kilobytes: 64, otherwise: csvDevice) { disk in
            try withFolder { _ in
                let failure = #expect(throws: Failure.self) {
                    let writer = try CSVWriter(path: "\(disk)/out.csv", columns: Self.columns)
                    try fill(writer, rows: 100_000)
                    _ = try writer.finish()
                }
                #expect(failure?.code == .diskFull)
                try expectEmpty(disk)
            }
        }
    }

    @Test("a workbook whose temporary folder is full: libxlsxwriter alone would lose rows and report success")
    func temporary() throws {
        try withFolder { folder in
            try withSmallDisk(kilobytes: 256, otherwise: lastRows) { disk in
                let failure = #expect(throws: Failure.self) {
                    let workbook = try open("\(folder)/out.xlsx", temporary: disk)
                    try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 100_000)
                    try workbook.close()
                }
                #expect(failure?.code == .diskFull)
                #expect(failure?.location == .file(disk))
                try expectEmpty(folder, disk)
            }
        }
    }

    @Test("a temporary folder that has room for the rows, and none for packing them")
    func temporaryWhilePacking() throws {
        try withFolder { folder in
            try withSmallDisk(kilobytes: 512, otherwise: cutOff) { disk in
                let failure = #expect(throws: Failure.self) {
                    let workbook = try open("\(folder)/out.xlsx", temporary: disk)
                    try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 3000)
                    try workbook.close()
                }
                #expect(failure?.code == .diskFull)
                try expectEmpty(folder, disk)
            }
        }
    }

    @Test("the last rows of a workbook are lost only at the end: it is noticed then")
    func lastRows() throws {
        try withFolder { folder in
            let path = "\(folder)/out.xlsx"
            let workbook = try open(path, temporary: folder)
            let sheet = try workbook.sheet(named: "Rows", columns: Self.columns)
            try fill(sheet, rows: 10)
            // From here on the file of the sheet's rows is on a device that is full.
            let full = Glibc.open("/dev/full", O_WRONLY)
            let rows = try #require(workbook.file.lastPart?.worksheet.pointee.optimize_tmpfile)
            #expect(dup2(full, fileno(rows)) >= 0)
            Glibc.close(full)
            let failure = #expect(throws: Failure.self) { try workbook.close() }
            #expect(failure?.code == .diskFull)
            try expectEmpty(folder)
        }
    }

    @Test("a workbook whose rows are cut off while they are packed is refused")
    func cutOff() throws {
        try withFolder { folder in
            let path = "\(folder)/out.xlsx"
            let workbook = try open(path, temporary: folder)
            try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 5000)
            let bytes = try #require(workbook.file.lastPart?.sealedBytes() ?? nil)
            try workbook.close()
            let check = PackageCheck(path: path)
            // The totals row came after the first look, so the true size is larger than `bytes`, and is told apart.
            for wrong in [bytes, bytes - 1, bytes + 4096, 0] {
                let failure = #expect(throws: Failure.self) {
                    try check.prove(sheetBytes: [wrong], temporaryFolder: folder)
                }
                #expect(failure?.code == .diskFull)
            }
            #expect(throws: Failure.self) { try check.prove(sheetBytes: [], temporaryFolder: folder) }
            let whole = try contents(path)
            for cut in [1, 22, 100, whole.count / 2] {
                try put(Array(whole.dropLast(cut)), path)
                #expect(throws: Failure.self) { try check.prove(sheetBytes: [bytes], temporaryFolder: folder) }
            }
        }
    }

    @Test("a workbook on a device that is full")
    func outputDevice() throws {
        try withFolder { folder in
            let workbook = try open("\(folder)/out.xlsx", temporary: folder)
            try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 10)
            // minizip opens the path anew: it finds the device there.
            #expect(unlink("\(folder)/out.xlsx") == 0)
            #expect(symlink("/dev/full", "\(folder)/out.xlsx") == 0)
            let failure = #expect(throws: Failure.self) { try workbook.close() }
            #expect(failure?.code == .diskFull)
            try expectEmpty(folder)
        }
    }

    @Test("a workbook on a full disk")
    func output() throws {
        try withFolder { folder in
            try withSmallDisk(kilobytes: 32, otherwise: outputDevice) { disk in
                let failure = #expect(throws: Failure.self) {
                    let workbook = try open("\(disk)/out.xlsx", temporary: folder)
                    try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 10_000)
                    try workbook.close()
                }
                #expect(failure?.code == .diskFull)
                try expectEmpty(disk, folder)
            }
        }
    }

    @Test("a temporary folder that is not there, or may not be written")
    func noTemporaryFolder() throws {
        try withFolder { folder in
            try put([], "\(folder)/file")
            for temporary in ["\(folder)/none", "\(folder)/file"] {
                let failure = #expect(throws: Failure.self) { try open("\(folder)/out.xlsx", temporary: temporary) }
                #expect(failure?.code == .fileUnwritable)
                #expect(failure?.location == .file(temporary))
            }
            #expect(try folderEntries(folder) == ["file"])
        }
    }

    @Test("an output folder that is not there")
    func noOutputFolder() throws {
        try withFolder { folder in
            #expect(
                #expect(throws: Failure.self) { try open("\(folder)/no/o.xlsx", temporary: folder) }?.code
                    == .fileUnwritable)
            let path = "\(folder)/no/out.csv"
            #expect(
                #expect(throws: Failure.self) { try CSVWriter(path: path, columns: Self.columns) }?.code
                    == .fileUnwritable)
        }
    }

    @Test("an abandoned workbook goes with its file, and keeps no descriptor")
    func abandoned() throws {
        try withFolder { folder in
            for _ in 0..<20 {
                let workbook = try open("\(folder)/out.xlsx", temporary: folder)
                try fill(workbook.sheet(named: "Rows", columns: Self.columns), rows: 10)
            }
            try expectEmpty(folder)
            let open = try folderEntries("/proc/self/fd").filter { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
                return target?.hasPrefix(folder) == true
            }
            #expect(open.isEmpty)
        }
    }
}
