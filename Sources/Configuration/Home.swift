package import Diagnostics
import Foundation

/// The folder that holds `jobs/`, `reports/` and `config/`: what users read and change (docs/architecture.md).
package struct Home: Sendable, Equatable {
    /// Absolute, without a trailing slash.
    package let path: String

    package init(path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The program that is running, absolute: a shell that finds it on PATH tells it no more than its name.
    package static let program =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first
        ?? "mainspring"

    package static let folders = ["jobs", "reports", "config"]

    /// Finds the home: the one named, else `MAINSPRING_HOME`, else the nearest parent of the current folder that holds
    /// all three, else `PREFIX/share/mainspring` beside the program.
    /// - Throws: `home.not_found`.
    package static func find(
        named: String?, environment: [String: String] = ProcessInfo.processInfo.environment,
        currentFolder: String = FileManager.default.currentDirectoryPath,
        program: String = Home.program
    ) throws(Failure) -> Home {
        if let path = named ?? environment["MAINSPRING_HOME"], !path.isEmpty {
            guard isHome(path) else {
                throw Failure(
                    .homeNotFound, "“\(path)” doesn't hold the folders jobs, reports and config.", at: .file(path))
            }
            return Home(path: path)
        }
        var folder = URL(fileURLWithPath: currentFolder).standardizedFileURL
        while true {
            if isHome(folder.path) { return Home(path: folder.path) }
            if folder.path == "/" { break }
            folder.deleteLastPathComponent()
        }
        let prefix = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared = prefix.appendingPathComponent("share/mainspring").path
        if isHome(shared) { return Home(path: shared) }
        throw Failure(
            .homeNotFound, "No folder with jobs, reports and config was found here or above.", at: .file(currentFolder))
    }

    /// A path of the home's own, or an absolute one as it is.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : self.path + "/" + path
    }

    private static func isHome(_ path: String) -> Bool {
        folders.allSatisfy { folder in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\(folder)", isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }
}
