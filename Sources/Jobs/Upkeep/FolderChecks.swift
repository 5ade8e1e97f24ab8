import Configuration
import Diagnostics
import Foundation
import Glibc
import Postgres
import Reconciliation

/// What `mainspring check` asks the file systems.
struct FolderChecks {
    typealias Line = HealthCheck.Line

    /// Free bytes below which that is told, and below which it fails.
    static let spaceWarns: UInt64 = 1 << 30
    static let spaceFails: UInt64 = 100 << 20

    let access: DatabaseAccess
    let home: Home
    let settings: Settings

    func lines() -> [Line] {
        var folders = [
            ("output", home.resolve(settings.outputDirectory)), ("inbox", home.resolve(settings.inboxDirectory)),
            ("temporary files", FileManager.default.temporaryDirectory.path),
        ]
        if (try? access.named()) == .some(nil) { folders.append(("private server's data", access.cluster.dataFolder)) }
        return folders.map { disk($0.0, $0.1) } + inbox() + metrics() + hooks()
    }

    private func disk(_ name: String, _ path: String) -> Line {
        let there = Self.nearest(path)
        var space = statvfs()
        guard statvfs(there, &space) == 0 else {
            return Line(
                check: "disk", state: .fail, message: "\(name) (\(path)): \(String(cString: strerror(errno))).",
                next: "Check the path and its rights.")
        }
        guard Glibc.access(there, W_OK | X_OK) == 0 else {
            return Line(
                check: "disk", state: .fail, message: "\(name) (\(there)): this account may not write there.",
                next: "Give it the right to write, or choose another folder.")
        }
        return Self.judge(name, path, free: UInt64(space.f_bavail) * UInt64(space.f_frsize))
    }

    static func judge(_ name: String, _ path: String, free: UInt64) -> Line {
        let state: Line.State = free < spaceFails ? .fail : free < spaceWarns ? .warn : .ok
        let text = free >= 1 << 30 ? "\(free >> 30) GiB" : "\(free >> 20) MiB"
        return Line(
            check: "disk", state: state, message: "\(name) (\(path)): \(text) free.",
            next: state == .ok ? nil : "Free some space there.")
    }

    /// The folder itself, or the nearest of its parents that is there.
    private static func nearest(_ path: String) -> String {
        var url = URL(fileURLWithPath: path).standardizedFileURL
        while url.path != "/", !FileManager.default.fileExists(atPath: url.path) { url.deleteLastPathComponent() }
        return url.path
    }

    /// Files that no run would import.
    private func inbox() -> [Line] {
        let folder = home.resolve(settings.inboxDirectory)
        do {
            let known = try ChannelCatalogue.load(home: home).settlements.map(\.name)
            let found = try ImportStep.inbox(folder, statements: known)
            let loose = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter {
                var isFolder: ObjCBool = false
                return !$0.hasPrefix(".") && $0.lowercased().hasSuffix(".csv")
                    && FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            let names = known.joined(separator: ", ")
            let lines =
                found.unknown.map { path in
                    Line(
                        check: "inbox", state: .fail,
                        message: "\(path) holds files, and no statement is called so; a run refuses them.",
                        next: "The statements are \(names).")
                }
                + loose.map { name in
                    Line(
                        check: "inbox", state: .warn,
                        message: "\(folder)/\(name) lies beside the statements' folders; no run looks at it.",
                        next: "Move it into one of \(names), or away.")
                }
            guard lines.isEmpty else { return lines }
            return [
                Line(
                    check: "inbox", state: .ok,
                    message: "\(Figures.counted(Int64(found.files.count), "statement waits", "statements wait")).")
            ]
        } catch { return [Line("inbox", error)] }
    }

    private func metrics() -> [Line] {
        guard let directory = settings.metricsDirectory.map(home.resolve) else { return [] }
        guard Glibc.access(directory, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            return [
                Line(
                    check: "metrics", state: .warn, message: "No figures can be left in \(directory): \(reason).",
                    next: "Make the folder, with the right to write there.")
            ]
        }
        return [Line(check: "metrics", state: .ok, message: "Figures are left in \(directory).")]
    }

    private func hooks() -> [Line] {
        let hooks = [
            ("start", settings.hooks.start), ("success", settings.hooks.success), ("failure", settings.hooks.failure),
        ].filter { !$0.1.isEmpty }
        return hooks.map { name, words in
            let program = words[0]
            guard Self.isProgram(program, home) else {
                return Line(
                    check: "hooks", state: .warn, message: "The \(name) hook \(program) can't be run.",
                    next: "Check its path and that it is executable.")
            }
            return Line(check: "hooks", state: .ok, message: "\(name): \(program).")
        }
    }

    private static func isProgram(_ program: String, _ home: Home) -> Bool {
        let isExecutable = FileManager.default.isExecutableFile
        guard !program.contains("/") else { return isExecutable(home.resolve(program)) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { isExecutable("\($0)/\(program)") }
    }
}
