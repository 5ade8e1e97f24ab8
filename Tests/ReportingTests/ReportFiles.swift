import Diagnostics
import FoundationEssentials
import Testing

@testable import Reporting

/// Where the project's reports and the fixtures lie.
enum ReportFiles {
    static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    static let folder = root + "/reports"
    static let fixtures = root + "/Tests/Fixtures/reports"

    static func catalogue() throws -> ReportCatalogue { try ReportCatalogue.load(folder: folder) }

    static func text(_ path: String) throws -> String {
        try #require(
            FileManager.default.contents(atPath: path).flatMap { String(data: $0, encoding: .utf8) }, "\(path)")
    }

    /// Runs `body` with the path of a folder that is empty, and removed afterwards.
    static func withFolder<T>(_ body: (String) throws -> T) throws -> T {
        let folder =
            FileManager.default.temporaryDirectory.path + "/mainspring-reports-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}

/// The failure that `body` ends with.
func failure(_ body: () throws -> Void) throws -> Failure {
    do { try body() } catch let error as Failure { return error }
    throw Missing()
}

struct Missing: Error, CustomStringConvertible {
    var description: String { "a Failure was expected, and none came" }
}
