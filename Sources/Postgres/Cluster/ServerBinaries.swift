package import Diagnostics
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
    ///
    /// - Parameter root: under which the distributions' folders lie; another one for tests.
    package static func all(
        environment: [String: String] = Self.ownEnvironment, root: String = ""
    ) -> [ServerBinaries] {
        let path = environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init)
        // On PATH they are often links, one by one, into the real folder.
        var candidates = folders.compactMap { Files.realPath("\($0)/initdb") }.map(Files.parent)
        if let outcome = Subprocess.run(["pg_config", "--bindir"], environment: ["PATH": path]), outcome.status == 0 {
            candidates.append(String(outcome.output.prefix { $0 != "\n" }))
        }
        let installed = [("\(root)/usr/lib/postgresql", ""), ("\(root)/usr", "pgsql-")].flatMap { folder, prefix in
            Files.entries(folder).compactMap { name -> (Double, String)? in
                guard name.hasPrefix(prefix), let version = Double(name.dropFirst(prefix.count)) else { return nil }
                return (version, "\(folder)/\(name)/bin")
            }
        }
        candidates += installed.sorted { $0.0 > $1.0 }.map(\.1)
        var seen: Set<String> = []
        return candidates.filter { seen.insert($0).inserted }.compactMap(Self.init(folder:))
    }

    /// The first of `all`, or the one of a version that existing data need.
    /// - Throws: `database.missing_binaries`.
    package static func preferred(among all: [ServerBinaries], version: Int?) throws(Failure) -> ServerBinaries {
        guard let first = all.first else {
            throw Failure(
                .databaseMissingBinaries,
                "No PostgreSQL server (initdb, pg_ctl, postgres) was found on PATH, by pg_config, or under "
                    + "/usr/lib/postgresql.")
        }
        guard let version else { return first }
        guard let fitting = all.first(where: { $0.majorVersion == version }) else {
            throw Failure(
                .databaseMissingBinaries,
                "The data are of PostgreSQL \(version), and that version's server was not found.",
                advice: "Install it: apt-get install postgresql-\(version); or delete the folder to begin anew.")
        }
        return fitting
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
