import Foundation
import Glibc

/// A file system of a few megabytes, for tests of a full disk.
package enum SmallDisk {
    /// Only root may mount; such tests run in containers and CI.
    package static var isPossible: Bool { geteuid() == 0 }

    /// Mounts an empty file system, calls `body` with its folder, and unmounts it.
    package static func with<T>(megabytes: Int, _ body: (_ folder: String) throws -> T) throws -> T {
        let folder = "/tmp/mainspring-small-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { rmdir(folder) }
        try run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0755", "tmpfs", folder])
        defer { try? run(["umount", "--lazy", folder]) }
        return try body(folder)
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SmallDiskError(command: arguments.joined(separator: " ")) }
    }

    private struct SmallDiskError: Error { let command: String }
}
