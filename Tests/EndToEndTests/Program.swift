import Foundation
import Postgres
import Synchronization
import TestSupport

/// The built `mainspring`, run as a person or cron runs it.
enum Program {
    struct Ending {
        var output: String
        var error: String
        var code: Int32

        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// Beside the test bundle, wherever the build put it.
    static let path: String = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }.map { URL(fileURLWithPath: $0) }
        var folder = bundle
        while let here = folder, here.path != "/" {
            let program = here.deletingLastPathComponent().appendingPathComponent("mainspring")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program.path }
            folder = here.deletingLastPathComponent()
        }
        return Repository.root + "/.build/debug/mainspring"
    }()

    /// Variables that would lead the program to another database, or change what it prints.
    private static let hidden = ["DATABASE_URL", "MAINSPRING_HOME", "TMPDIR"]

    static func environment(_ changes: [String: String] = [:]) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter { name, _ in
            !hidden.contains(name) && !name.hasPrefix("PG")
        }
        environment["NO_COLOR"] = "1"
        environment["COLUMNS"] = "100"
        return environment.merging(changes) { $1 }
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], in folder: String = "/", environment changes: [String: String] = [:]
    ) throws -> Ending {
        try start(arguments, in: folder, environment: changes).wait()
    }

    /// Runs it in a mount namespace of its own, after `setup` has mounted what the test needs there.
    static func run(
        _ arguments: [String], in folder: String, mounting setup: String, finally cleanup: String = "true"
    ) throws -> Ending {
        let script = "set -e; \(setup); set +e; \"$0\" \"$@\"; code=$?; \(cleanup); exit $code"
        let unshare = ["unshare", "--mount"] + (geteuid() == 0 ? [] : ["--map-root-user"])
        return try Running(unshare + ["sh", "-c", script, path] + arguments, in: folder, environment: environment())
            .wait()
    }

    static func start(
        _ arguments: [String], in folder: String, environment changes: [String: String] = [:]
    ) throws -> Running {
        try Running([path] + arguments, in: folder, environment: environment(changes))
    }

    /// A process under way. Started and waited for by hand: Foundation's Process learns of a child's end by a socket that
    /// the private PostgreSQL, started by the child, would keep open.
    final class Running: Sendable {
        let processIdentifier: pid_t
        private let output: String
        private let error: String

        init(_ words: [String], in folder: String, environment: [String: String]) throws {
            let base = FileManager.default.temporaryDirectory.path + "/mainspring-e2e-\(UUID().uuidString)"
            (output, error) = (base + ".out", base + ".err")
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT, 0o600)
            let words = ["env", "--chdir=\(folder)"] + words
            var arguments = words.map { strdup($0) } + [nil]
            var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { for text in arguments + variables { free(text) } }
            var child = pid_t()
            let code = posix_spawnp(&child, words[0], &actions, nil, &arguments, &variables)
            guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
            processIdentifier = child
        }

        func wait() throws -> Ending {
            var status: Int32 = 0
            while waitpid(processIdentifier, &status, 0) == -1, errno == EINTR {}
            defer { for file in [output, error] { unlink(file) } }
            let signal = status & 0x7F
            return Ending(
                output: try String(contentsOfFile: output, encoding: .utf8),
                error: try String(contentsOfFile: error, encoding: .utf8),
                code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
        }
    }
}

/// The repository's own files.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// A home of its own for a test: what the repository ships, and a private PostgreSQL that is deleted at the end.
final class TestHome: Sendable {
    let path: String

    convenience init() throws { try self.init(copying: Repository.root, ["jobs", "reports", "config"]) }

    /// A copy of another home: what it runs by, and its inbox.
    init(copying source: String, _ folders: [String] = ["jobs", "reports", "config", ".mainspring"]) throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("mainspring-home-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for folder in folders {
            try FileManager.default.copyItem(atPath: "\(source)/\(folder)", toPath: "\(path)/\(folder)")
        }
    }

    deinit { remove() }

    func remove() {
        try? EmbeddedCluster.forHome(path).destroy()
        try? FileManager.default.removeItem(atPath: path)
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Program.Ending {
        try Program.run(arguments, in: path, environment: environment)
    }

    func write(_ file: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func read(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }

    /// Every file below a folder, by path from it.
    func files(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: "\(path)/\(folder)") ?? .init() {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(folder)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { files[name] = try read("\(folder)/\(name)") }
        }
        return files
    }
}

extension ConnectionTarget {
    /// As `--database` takes it.
    var conninfo: String {
        parameters.sorted { $0.key < $1.key }.map { key, value in
            "\(key)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }.joined(separator: " ")
    }
}
