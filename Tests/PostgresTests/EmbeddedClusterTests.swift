import Diagnostics
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Postgres

/// Each test has a cluster of its own. They follow one another: a server takes a second to make, and two cores are few.
@Suite("The embedded cluster", .serialized)
struct EmbeddedClusterTests {
    /// A cluster in a fresh folder that the server's account may enter; destroyed afterwards.
    private static func withCluster<T>(
        environment: [String: String] = ServerBinaries.ownEnvironment, _ body: (EmbeddedCluster) throws -> T
    ) throws -> T {
        let cluster = EmbeddedCluster(
            dataFolder: "/tmp/mainspring-cluster-\(UUID().uuidString)/home", durable: false, environment: environment)
        defer {
            try? cluster.destroy()
            try? FileManager.default.removeItem(atPath: String(cluster.dataFolder.dropLast(5)))
        }
        return try body(cluster)
    }

    private static func pid(_ cluster: EmbeddedCluster) throws -> pid_t {
        guard case .running(let pid, _) = cluster.status() else {
            Issue.record("the server does not run: \(cluster.status())")
            return -1
        }
        return pid_t(pid)
    }

    private static func permissions(_ path: String) -> mode_t {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_mode & 0o777 : 0
    }

    private static func one(_ target: ConnectionTarget, _ sql: String) throws -> String? {
        try Connection(target).query(Statement(sql)).first?.optionalText(at: 0)
    }

    @Test("the server keeps nothing open that its starter held: whoever waits on our end of a pipe is not kept waiting")
    func descriptors() throws {
        try Self.withCluster { cluster in
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            defer { close(ends[0]) }
            _ = try cluster.start()
            close(ends[1])
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            // Other tests' programs, started meanwhile, may hold it for a moment.
            var byte: UInt8 = 0
            var waited = 0
            while read(ends[0], &byte, 1) != 0, waited < 100 {
                usleep(100_000)
                waited += 1
            }
            #expect(waited < 100, "somebody still holds the pipe")
        }
    }

    @Test("it comes up as designed: UTF-8, checksums, scram, no port, private files; it stops, and comes up again")
    func life() throws {
        try Self.withCluster { cluster in
            #expect(cluster.status() == .absent)
            try cluster.stop()
            let target = try cluster.start()
            #expect(target.database == "mainspring")
            let connection = try Connection(target)
            let settings = [
                "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "data_checksums": "on", "listen_addresses": "",
                "password_encryption": "scram-sha-256", "jit": "off",
            ]
            for (name, value) in settings {
                let row = try connection.query(Statement("SELECT current_setting($1) AS v", [.text(name)])).first
                #expect(try row?.text("v") == value, "\(name)")
            }
            let role = try connection.query(
                "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).first
            #expect(try role?.bool("rolsuper") == false)
            #expect(try role?.bool("rolcreaterole") == true)
            #expect(try role?.bool("rolcreatedb") == true)
            connection.close()

            #expect(Self.permissions(cluster.passwordFile) == 0o600)
            #expect(Self.permissions(cluster.socketFolder) == 0o700)
            #expect(Self.permissions(cluster.dataFolder) == 0o700)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: cluster.dataFolder).sorted() == [
                    "data", "lock", "passfile", "server.log",
                ])
            let log = try String(contentsOfFile: cluster.logFile, encoding: .utf8)
            #expect(!log.contains(try #require(target.parameters["password"])))

            let pid = try Self.pid(cluster)
            #expect(try cluster.start() == target)
            #expect(try Self.pid(cluster) == pid)

            try Connection(target).script("CREATE TABLE kept (a int)")
            try cluster.stop()
            #expect(cluster.status() == .stopped)
            #expect(throws: PostgresError.self) { try Connection(target) }
            try cluster.stop()
            #expect(try Self.one(cluster.start(), "SELECT count(*) FROM kept") == "0")
        }
    }

    @Test("PGPASSWORD and other PG variables of the caller do not lead astray")
    func environmentDoesNotMatter() throws {
        try Self.withCluster { cluster in
            let target = try cluster.start()
            for key in ["host", "port", "user", "dbname", "password", "passfile"] {
                #expect(target.parameters[key]?.isEmpty == false, "\(key) would come from the environment")
            }
        }
    }

    @Test("started by root, the server runs as postgres; otherwise as the user")
    func account() throws {
        try Self.withCluster { cluster in
            _ = try cluster.start()
            var info = stat()
            #expect(stat("/proc/\(try Self.pid(cluster))", &info) == 0)
            let expected = geteuid() == 0 ? getpwnam("postgres").pointee.pw_uid : geteuid()
            #expect(info.st_uid == expected)
            #expect(stat(cluster.passwordFile, &info) == 0)
            #expect(info.st_uid == geteuid())
        }
    }

    @Test("without the account that the server would run as, root is told what to do")
    func missingAccount() {
        let failure = #expect(throws: Failure.self) { try EmbeddedCluster.account(named: "no-such-account") }
        #expect(failure?.code == .databaseMissingBinaries)
        #expect(failure?.message.contains("`no-such-account`") == true)
        #expect(failure?.advice?.contains("apt-get install postgresql") == true)
    }

    @Test("a home folder's cluster lies in it, and for root under /var/lib")
    func homes() {
        let one = EmbeddedCluster.forHome("/srv/one")
        let other = EmbeddedCluster.forHome("/srv/other")
        #expect(one.dataFolder.hasPrefix(geteuid() == 0 ? "/var/lib/mainspring/" : "/srv/one/.mainspring/postgres"))
        #expect(one.dataFolder != other.dataFolder)
        #expect(one.socketFolder != other.socketFolder)
        #expect(EmbeddedCluster.forHome("/srv/one").dataFolder == one.dataFolder)
    }

    @Test("however deep the folder lies, the socket's path stays below 107 bytes")
    func socketPath() {
        let deep = "/srv/" + String(repeating: "a-very-long-folder-name/", count: 12)
        let socket = EmbeddedCluster(dataFolder: deep).socketFolder + "/.s.PGSQL.5432"
        #expect(socket.utf8.count < 60)
    }

    @Test("killed with kill -9 it comes up again, stale pid file, stale socket and all")
    func killed() throws {
        try Self.withCluster { cluster in
            let target = try cluster.start()
            try Connection(target).script("SET synchronous_commit = on; CREATE TABLE kept (a int)")
            let pid = try Self.pid(cluster)
            #expect(kill(pid, SIGKILL) == 0)
            while kill(pid, 0) == 0 { usleep(10_000) }
            #expect(FileManager.default.fileExists(atPath: "\(cluster.dataFolder)/data/postmaster.pid"))
            #expect(FileManager.default.fileExists(atPath: "\(cluster.socketFolder)/.s.PGSQL.5432"))
            #expect(cluster.status() == .stopped)
            #expect(try Self.one(cluster.start(), "SELECT count(*) FROM kept") == "0")
            #expect(try Self.pid(cluster) != pid)
        }
    }

    @Test("a pid file whose number is another living program's by now does not mislead")
    func recycledPid() throws {
        try Self.withCluster { cluster in
            let target = try cluster.start()
            try cluster.stop()
            // As after a restart of a container: the number of the old server is ours.
            let file = "\(cluster.dataFolder)/data/postmaster.pid"
            let text =
                "\(getpid())\n\(cluster.dataFolder)/data\n1700000000\n5432\n\(cluster.socketFolder)\n\n  5432001 7\nready   \n"
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            try "\(getpid())\n".write(
                toFile: "\(cluster.socketFolder)/.s.PGSQL.5432.lock", atomically: false, encoding: .utf8)
            if geteuid() == 0 { chown(file, getpwnam("postgres").pointee.pw_uid, 0) }
            #expect(cluster.status() == .stopped)
            #expect(try cluster.start() == target)
            #expect(try Self.pid(cluster) != getpid())
        }
    }

    @Test("a socket that was swept away with /tmp comes back")
    func sweptSocket() throws {
        try Self.withCluster { cluster in
            let target = try cluster.start()
            try FileManager.default.removeItem(atPath: cluster.socketFolder)
            #expect(try Self.one(cluster.start(), "SELECT 1") == "1")
            #expect(try cluster.start() == target)
        }
    }

    @Test("several starters at once share one server")
    func starters() async throws {
        let cluster = EmbeddedCluster(dataFolder: "/tmp/mainspring-cluster-\(UUID().uuidString)", durable: false)
        defer { try? cluster.destroy() }
        let targets = try await withThrowingTaskGroup(of: ConnectionTarget.self) { group in
            for _ in 0..<4 { group.addTask { try await onDedicatedThread { try cluster.start() } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(targets.count == 4)
        #expect(Set(targets.map(\.parameters)).count == 1)
        #expect(try Self.one(targets[0], "SELECT count(*) FROM pg_database WHERE datname = 'mainspring'") == "1")
    }

    @Test("a database and a role that were dropped are made again, with the same password")
    func dropped() throws {
        try Self.withCluster { cluster in
            let target = try cluster.start()
            let password = try #require(target.parameters["password"])
            var superuser = target.with(user: "postgres").with(database: "postgres")
            let passwords = try String(contentsOfFile: cluster.passwordFile, encoding: .utf8)
            superuser.parameters["password"] =
                passwords.split(separator: "\n").compactMap {
                    $0.hasPrefix("*:*:*:postgres:") ? String($0.dropFirst(15)) : nil
                }.first
            let connection = try Connection(superuser)
            try connection.script("DROP DATABASE mainspring")
            try connection.script("DROP ROLE mainspring")
            connection.close()
            #expect(try cluster.start().parameters["password"] == password)
            #expect(try Self.one(target, "SELECT current_user") == "mainspring")
        }
    }

    @Test("without server programs it says what to install, and makes nothing")
    func missingBinaries() throws {
        // An empty root: neither PATH nor Debian's folder holds a server.
        let failure = #expect(throws: Failure.self) {
            try ServerBinaries.preferred(
                among: ServerBinaries.all(environment: ["PATH": "/nonexistent"], root: "/nonexistent"), version: nil)
        }
        #expect(failure?.code == .databaseMissingBinaries)
        #expect(failure?.exitCode == .usage)
        #expect(failure?.advice == "Install the server: apt-get install postgresql.")
    }

    @Test("data of a version whose server is gone are named, and left alone")
    func otherVersion() throws {
        try Self.withCluster { cluster in
            _ = try cluster.start()
            try cluster.stop()
            let file = "\(cluster.dataFolder)/data/PG_VERSION"
            try "9\n".write(toFile: file, atomically: false, encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try cluster.start() }
            #expect(failure?.code == .databaseMissingBinaries)
            #expect(failure?.message.contains("PostgreSQL 9") == true)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "9\n")
        }
    }

    @Test("a lost password file is named, with what to do")
    func lostPassword() throws {
        try Self.withCluster { cluster in
            _ = try cluster.start()
            try FileManager.default.removeItem(atPath: cluster.passwordFile)
            let failure = #expect(throws: Failure.self) { try cluster.start() }
            #expect(failure?.code == .databaseStart)
            #expect(failure?.message.contains(cluster.passwordFile) == true)
        }
    }

    @Test("a server that cannot start tells the last lines of its log")
    func cannotStart() throws {
        try Self.withCluster { cluster in
            _ = try cluster.start()
            try cluster.stop()
            let file = "\(cluster.dataFolder)/data/postgresql.auto.conf"
            try "shared_buffers = 'nonsense'\n".write(toFile: file, atomically: false, encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try cluster.start() }
            #expect(failure?.code == .databaseStart)
            #expect(failure?.message.contains("shared_buffers") == true)
            #expect(failure?.advice?.contains("server.log") == true)
            #expect(cluster.status() == .stopped)
        }
    }

    @Test("a folder that cannot be written is named")
    func readOnlyFolder() throws {
        let cluster = EmbeddedCluster(dataFolder: "/proc/mainspring/postgres")
        let failure = #expect(throws: Failure.self) { try cluster.start() }
        #expect(failure?.code == .fileUnwritable)
        #expect(failure?.message.contains("/proc/mainspring") == true)
    }

    @Test("someone else's folder in the socket's place is refused")
    func foreignSocketFolder() throws {
        try Self.withCluster { cluster in
            #expect(mkdir(cluster.socketFolder, 0o777) == 0)
            chmod(cluster.socketFolder, 0o777)
            let failure = #expect(throws: Failure.self) { try cluster.start() }
            #expect(failure?.code == .databaseStart)
            #expect(failure?.message.contains(cluster.socketFolder) == true)
            #expect(cluster.status() == .absent)
        }
    }

    @Test(
        "a disk too small for initdb: database.full, and nothing half-made is left", .enabled(if: SmallDisk.isPossible))
    func fullDisk() throws {
        try SmallDisk.with(megabytes: 12) { folder in
            let cluster = EmbeddedCluster(dataFolder: "\(folder)/postgres", durable: false)
            defer { try? cluster.destroy() }
            let failure = #expect(throws: Failure.self) { try cluster.start() }
            #expect(failure?.code == .databaseFull)
            #expect(failure?.message.contains("No space left on device") == true)
            #expect(cluster.status() == .absent)
            let left = try FileManager.default.contentsOfDirectory(atPath: cluster.dataFolder)
            #expect(left == ["lock"])
        }
    }

    @Test("a disk that fills up while rows are written: database.full, rolled back", .enabled(if: SmallDisk.isPossible))
    func diskFills() throws {
        try SmallDisk.with(megabytes: 160) { folder in
            let cluster = EmbeddedCluster(dataFolder: "\(folder)/postgres", durable: false)
            defer { try? cluster.destroy() }
            let connection = try Connection(try cluster.start())
            defer { connection.close() }
            try connection.script("CREATE UNLOGGED TABLE t (a text)")
            let error = #expect(throws: PostgresError.self) {
                try connection.script(
                    "INSERT INTO t SELECT repeat(md5(g::text), 30) FROM generate_series(1, 400000) AS g")
            }
            #expect(error?.sqlState == .diskFull)
            #expect(error?.failure.code == .databaseFull)
            #expect(error?.failure.advice?.contains("Free some space") == true)
            let row = try connection.query("SELECT count(*) AS n FROM t").first
            #expect(try row?.int("n") == 0)
        }
    }

    @Test("the programs are found on PATH, and by their folder when PATH has none")
    func binaries() throws {
        let all = ServerBinaries.all()
        let first = try #require(all.first)
        #expect(first.majorVersion >= 13)
        #expect(Set(all.map(\.folder)).count == all.count)
        #expect(FileManager.default.isExecutableFile(atPath: first.path("initdb")))
        // A PATH with nothing on it, not even pg_config.
        #expect(ServerBinaries.all(environment: ["PATH": "/nonexistent"]).contains(first))
    }
}
