import Diagnostics
import Glibc

/// The folder that holds `initdb`, `pg_ctl` and `postgres` of one PostgreSQL version.
package struct ServerBinaries: Sendable, Equatable {
    package let folder: String
    /// 15 of 15.17.
    package let majorVersion: Int

    /// A program of the folder, by its path.
    package func path(_ program: String) -> String { "\(folder)/\(program)" }

    /// Every server on this machine, the preferred one first: the one on PATH, the one that `pg_config` names, then
    /// Debian's and Red Hat's folders, newest first.
    package static func all(environment: [String: String] = Self.ownEnvironment) -> [ServerBinaries] {
        let path = environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init)
        // On PATH they are often links, one by one, into the real folder.
        var candidates = folders.compactMap { Files.realPath("\($0)/initdb") }.map(Files.parent)
        if let outcome = Subprocess.run(["pg_config", "--bindir"], environment: ["PATH": path]), outcome.status == 0 {
            candidates.append(String(outcome.output.prefix { $0 != "\n" }))
        }
        let installed = ["/usr/lib/postgresql", "/usr"].flatMap { root in
            Files.entries(root).compactMap { name -> (Double, String)? in
                let version = root == "/usr" ? (name.hasPrefix("pgsql-") ? name.dropFirst(6) : "") : name[...]
                return Double(version).map { ($0, "\(root)/\(name)/bin") }
            }
        }
        candidates += installed.sorted { $0.0 > $1.0 }.map(\.1)
        var seen: Set<String> = []
        return candidates.filter { seen.insert($0).inserted }.compactMap(Self.init(folder:))
    }

    /// nil unless the folder holds all three programs and they run.
    private init?(folder: String) {
        guard ["initdb", "pg_ctl", "postgres"].allSatisfy({ access("\(folder)/\($0)", X_OK) == 0 }),
            let outcome = Subprocess.run(["\(folder)/postgres", "--version"], environment: ["LC_ALL": "C"]),
            outcome.status == 0,
            let version = outcome.output.firstMatch(of: /\(PostgreSQL\) (\d+)/), let major = Int(version.1)
        else { return nil }
        self.folder = folder
        majorVersion = major
    }

    /// The environment of this process.
    package static var ownEnvironment: [String: String] {
        guard let path = getenv("PATH") else { return ["PATH": "/usr/local/bin:/usr/bin:/bin"] }
        return ["PATH": String(cString: path)]
    }
}
