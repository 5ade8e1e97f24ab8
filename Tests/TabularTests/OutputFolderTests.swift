import Diagnostics
import Foundation
import Testing

@testable import Tabular

@Suite("An output folder appears whole or not at all")
struct OutputFolderTests {
    private struct Stop: Error {}

    @Test("it is made with its parents, its modes, and no other name beside it")
    func first() throws {
        try withFolder { folder in
            let path = "\(folder)/out/nightly/2026-06-30"
            let answer = try OutputFolder.write(to: path) { staging in
                #expect(!FileManager.default.fileExists(atPath: path))
                try put(Array("x".utf8), "\(staging)/a.csv")
                try makeFolders("\(staging)/sheets")
                try put(Array("y".utf8), "\(staging)/sheets/b.csv")
                return 7
            }
            #expect(answer == 7)
            #expect(try text("\(path)/sheets/b.csv") == "y")
            #expect(try folderEntries("\(folder)/out/nightly") == ["2026-06-30"])
            #expect(try mode(path) == 0o750 && mode("\(path)/sheets") == 0o750)
            #expect(try mode("\(path)/a.csv") == 0o640)
        }
    }

    @Test("an old folder is replaced as a whole")
    func replace() throws {
        try withFolder { folder in
            let path = "\(folder)/out"
            try OutputFolder.write(to: path) { try put([1], "\($0)/old.csv") }
            try OutputFolder.write(to: path + "/") { staging in
                #expect(try folderEntries(path) == ["old.csv"])
                try put([2], "\(staging)/new.csv")
            }
            #expect(try folderEntries(path) == ["new.csv"])
            #expect(try folderEntries(folder) == ["out"])
        }
    }

    @Test("an error leaves the old folder as it was, and nothing beside it")
    func failure() throws {
        try withFolder { folder in
            let path = "\(folder)/out"
            #expect(throws: Stop.self) {
                try OutputFolder.write(to: path) { staging in
                    try put([1], "\(staging)/a.csv")
                    throw Stop()
                }
            }
            #expect(try folderEntries(folder).isEmpty)
            try OutputFolder.write(to: path) { try put([1], "\($0)/old.csv") }
            #expect(throws: Stop.self) { try OutputFolder.write(to: path) { _ in throw Stop() } }
            #expect(try folderEntries(path) == ["old.csv"])
            #expect(try folderEntries(folder) == ["out"])
        }
    }

    @Test("what a crash left behind is swept away; what another writer is filling is not")
    func leftovers() throws {
        try withFolder { folder in
            let path = "\(folder)/out"
            try makeFolders("\(folder)/.out.staging-abcdef/deep")
            try put([1], "\(folder)/.out.staging-abcdef/deep/half.csv")
            try makeFolders("\(folder)/.other.staging-abcdef")
            try OutputFolder.write(to: path) { first in
                try put([1], "\(first)/first.csv")
                try OutputFolder.write(to: path) { try put([2], "\($0)/second.csv") }
                #expect(try folderEntries(first) == ["first.csv"])
            }
            #expect(try folderEntries(path) == ["first.csv"])
            #expect(try folderEntries(folder) == [".other.staging-abcdef", "out"])
        }
    }

    @Test("a body that waits")
    func waiting() async throws {
        let folder = NSTemporaryDirectory() + "mainspring-tabular-\(UUID().uuidString)"
        try await OutputFolder.write(to: folder) { staging in
            await Task.yield()
            try put([1], "\(staging)/a.csv")
        }
        #expect(try folderEntries(folder) == ["a.csv"])
        try removeTree(folder)
    }

    @Test("a file in its place, and a parent that cannot be made, are refused by name")
    func refused() throws {
        try withFolder { folder in
            try put([1], "\(folder)/file")
            let inPlace = #expect(throws: Failure.self) { try OutputFolder.write(to: "\(folder)/file") { _ in } }
            #expect(inPlace?.code == .fileUnwritable && inPlace?.location == .file("\(folder)/file"))
            let below = #expect(throws: Failure.self) { try OutputFolder.write(to: "\(folder)/file/out") { _ in } }
            #expect(below?.code == .fileUnwritable)
            #expect(try contents("\(folder)/file") == [1])
        }
    }

    @Test("a link in the staging folder is not followed out of it")
    func links() throws {
        try withFolder { folder in
            try put([1], "\(folder)/outside")
            #expect(symlink("\(folder)/outside", "\(folder)/link") == 0)
            try makeFolders("\(folder)/.out.staging-abcdef")
            #expect(symlink("\(folder)", "\(folder)/.out.staging-abcdef/up") == 0)
            try OutputFolder.write(to: "\(folder)/out") { _ in }
            #expect(try contents("\(folder)/outside") == [1])
        }
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
