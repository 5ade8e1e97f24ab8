package import Diagnostics
import Glibc

/// A private PostgreSQL: the machine's own server programs on a data folder of ours, a Unix socket and no port.
///
/// Started on demand, shared by every program that uses the same data folder, and left running until `stop()`.
/// Started by root, the server runs as the account `postgres`, since PostgreSQL refuses root.
package struct EmbeddedCluster: Sendable {
    /// Holds `data/`, the password file, the server's log and the lock.
    package let dataFolder: String
    /// Where the socket lies: short, since a socket's path has at most 107 bytes.
    package let socketFolder: String
    /// False: a throw-away server for tests, which loses its data with the machine.
    let isDurable: Bool
    /// Where server programs are looked for.
    let environment: [String: String]

    /// Names the socket's file, `.s.PGSQL.5432`; nothing listens on the port.
    static let port = 5432
    /// The database and the login role that programs use.
    package static let database = "mainspring"

    /// - Parameter durable: false only for servers that are thrown away.
    package init(
        dataFolder: String, durable: Bool = true, environment: [String: String] = ServerBinaries.ownEnvironment
    ) {
        let folder = Self.absolute(dataFolder)
        self.dataFolder = folder
        // Not XDG_RUNTIME_DIR: cron has none, and the two programs would not meet.
        socketFolder = "/tmp/mainspring-" + Files.hash("\(geteuid()):\(folder)")
        isDurable = durable
        self.environment = environment
    }

    /// The cluster of a home folder: HOME/.mainspring/postgres; for root /var/lib/mainspring/HASH, because the
    /// server's account cannot enter a clone under /root.
    package static func forHome(_ home: String) -> EmbeddedCluster {
        let home = absolute(home)
        return EmbeddedCluster(
            dataFolder: geteuid() == 0 ? "/var/lib/mainspring/\(Files.hash(home))" : "\(home)/.mainspring/postgres")
    }

    /// What `mainspring db status` shows.
    package enum Status: Sendable, Equatable {
        /// There is no data folder yet; the first start makes it.
        case absent
        case stopped
        case running(pid: Int, socketFolder: String)
    }

    /// What the server's process and files say, without connecting.
    package func status() -> Status {
        guard Files.exists("\(pgdata)/PG_VERSION") else { return .absent }
        guard let server = ServerProcess(dataFolder: pgdata) else { return .stopped }
        return .running(pid: Int(server.pid), socketFolder: server.socketFolder)
    }

    /// Starts the server if it does not run, with the database and the login role; does nothing if it does.
    /// Two programs that start at once share one server.
    ///
    /// - Returns: the target of the database `mainspring`.
    /// - Throws: `database.missing_binaries`, `database.full`, `database.start` with the last lines of the log,
    ///   `file.unwritable`.
    package func start() throws(Failure) -> ConnectionTarget {
        do { return try startOnce() } catch { throw Failure(error) }
    }

    private func startOnce() throws -> ConnectionTarget {
        let account = try serverAccount()
        try makeDataFolder(account)
        return try FileLock.held(lockFile) {
            try makeSocketFolder(account)
            if let server = try waitUntilReady() {
                if Files.exists("\(server.socketFolder)/.s.PGSQL.\(Self.port)") { return try prepareDatabase() }
                // Its socket was swept away with /tmp: only a fresh start brings it back.
                try stopServer(account)
            }
            ServerProcess.waitForOrphans(pgdata)
            let binaries = try chooseBinaries()
            if !Files.exists("\(pgdata)/PG_VERSION") { try initialise(binaries, account) }
            try startServer(binaries, account)
            return try prepareDatabase()
        }
    }

    /// Stops the server if it runs; sessions on it are ended, their transactions rolled back.
    package func stop() throws(Failure) {
        do { try stopOnce(mode: "fast") } catch { throw Failure(error) }
    }

    private func stopOnce(mode: String) throws {
        guard Files.exists(lockFile) else { return }
        try FileLock.held(lockFile) {
            guard ServerProcess(dataFolder: pgdata) != nil else { return }
            try stopServer(try serverAccount(), mode: mode)
        }
    }

    /// Stops the server and deletes the data folder.
    package func destroy() throws(Failure) {
        do { try stopOnce(mode: "immediate") } catch { throw Failure(error) }
        Files.removeAll(dataFolder)
        Files.removeAll(socketFolder)
    }

    // MARK: Paths

    /// PostgreSQL's own data folder.
    var pgdata: String { "\(dataFolder)/data" }
    var lockFile: String { "\(dataFolder)/lock" }
    /// The server's log, for `mainspring db status`.
    package var logFile: String { "\(dataFolder)/server.log" }
    /// libpq's password file of the login role and of the superuser.
    package var passwordFile: String { "\(dataFolder)/passfile" }

    /// The account that the server runs as; nil when it is our own.
    func serverAccount() throws(Failure) -> Account? {
        geteuid() == 0 ? try Self.account(named: "postgres") : nil
    }

    static func account(named name: String) throws(Failure) -> Account {
        guard let account = Account(named: name) else {
            throw Failure(
                .databaseMissingBinaries,
                "PostgreSQL refuses to run as root, and there is no account `\(name)` for it to run as.",
                advice: "Install the server: apt-get install postgresql; or run as another user.")
        }
        return account
    }

    private static func absolute(_ path: String) -> String {
        if let real = Files.realPath(path) { return real }
        guard !path.hasPrefix("/"), let folder = Files.realPath(".") else { return path }
        return "\(folder)/\(path)"
    }
}
