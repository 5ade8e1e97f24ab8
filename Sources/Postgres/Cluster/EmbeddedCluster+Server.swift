import Diagnostics
import Glibc

/// How the server's programs are run.
extension EmbeddedCluster {
    func makeDataFolder(_ account: Account?) throws(Failure) {
        try Files.makeFolder(dataFolder, mode: 0o700)
        if let account { chown(dataFolder, account.user, account.group) }
    }

    /// Others can make folders in /tmp too: one that is not ours, or that others may write to, is refused. Only under the
    /// lock: another starter may have made it, and not yet given it to the account.
    func makeSocketFolder(_ account: Account?) throws(Failure) {
        let owner = account?.user ?? geteuid()
        if mkdir(socketFolder, 0o700) == 0, let account { lchown(socketFolder, account.user, account.group) }
        var info = stat()
        guard lstat(socketFolder, &info) == 0 else { throw Files.failure("make the folder", socketFolder) }
        guard info.st_mode & S_IFMT == S_IFDIR, info.st_uid == owner, info.st_mode & 0o022 == 0 else {
            throw Failure(
                .databaseStart, "The folder of the server's socket, \(socketFolder), belongs to someone else.",
                advice: "Look at who made it, and remove it.")
        }
    }

    /// The living server, once it takes connections; nil when there is none. A server that was killed replays its
    /// log first, which can take minutes: it is waited for, never stopped half-way.
    func waitUntilReady(seconds: Int = 300) throws(Failure) -> ServerProcess? {
        for _ in 0..<(seconds * 10) {
            guard let server = ServerProcess(dataFolder: pgdata) else { return nil }
            if server.isReady { return server }
            usleep(100_000)
        }
        throw Failure(
            .databaseStart, "PostgreSQL has been starting for \(seconds) s and is not ready.", at: .named(dataFolder),
            advice: "Look into \(logFile), and try again later.")
    }

    /// The server's programs, of the version of the data if there are data.
    func chooseBinaries() throws(Failure) -> ServerBinaries {
        let version = Files.text("\(pgdata)/PG_VERSION").flatMap { Int($0.prefix { $0 != "\n" }) }
        do {
            return try ServerBinaries.preferred(among: ServerBinaries.all(environment: environment), version: version)
        } catch {
            var failure = error
            if version != nil { failure.location = .named(dataFolder) }
            throw failure
        }
    }

    /// initdb into a sibling folder, then a rename: a failure leaves nothing that looks like a cluster.
    func initialise(_ binaries: ServerBinaries, _ account: Account?) throws(Failure) {
        let staging = "\(dataFolder)/data.new"
        let secret = "\(dataFolder)/superuser.password"
        Files.removeAll(staging)
        defer {
            Files.removeAll(staging)
            unlink(secret)
        }
        let superuserPassword = Self.randomPassword()
        let userPassword = Self.randomPassword()
        try Files.write(superuserPassword + "\n", to: secret, mode: 0o600, account: account)
        var arguments = [
            binaries.path("initdb"), "--pgdata=\(staging)", "--username=postgres", "--pwfile=\(secret)",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        ]
        if !isDurable { arguments.append("--no-sync") }
        let outcome = try run(arguments, account)
        guard outcome.status == 0 else { throw startFailure("initdb failed", outcome.output) }
        let include = "\ninclude_if_exists = 'mainspring.conf'\n"
        let settings = "\(staging)/postgresql.conf"
        guard let text = Files.text(settings) else { throw Files.failure("read", settings) }
        try Files.write(text + include, to: settings, mode: 0o600, account: account)
        // The password file first: data without it could never be entered.
        let line = "*:*:*:\(Self.database):\(userPassword)\n*:*:*:postgres:\(superuserPassword)\n"
        try Files.write(line, to: passwordFile, mode: 0o600, account: nil)
        guard rename(staging, pgdata) == 0 else { throw Files.failure("rename", staging) }
    }

    func startServer(_ binaries: ServerBinaries, _ account: Account?) throws(Failure) {
        let settings = ServerSettings(
            isDurable: isDurable, socketFolder: socketFolder, majorVersion: binaries.majorVersion)
        try Files.write(
            settings.configuration, to: "\(pgdata)/mainspring.conf", mode: 0o600, account: account)
        ServerProcess.removeMisleadingPidFile(pgdata)
        // No server lives here, the lock says so: a socket left by a killed one may go.
        unlink("\(socketFolder)/.s.PGSQL.\(Self.port)")
        unlink("\(socketFolder)/.s.PGSQL.\(Self.port).lock")
        let logged = size(of: logFile)
        let outcome = try run(
            [
                binaries.path("pg_ctl"), "start", "--pgdata=\(pgdata)", "--log=\(logFile)", "--wait", "--timeout=300",
                "--silent",
            ], account)
        guard outcome.status == 0 else {
            throw startFailure("PostgreSQL did not start", log(from: logged) ?? outcome.output)
        }
    }

    func stopServer(_ account: Account?, mode: String = "fast") throws(Failure) {
        let outcome = try run(
            [
                try chooseBinaries().path("pg_ctl"), "stop", "--pgdata=\(pgdata)",
                "--mode=\(mode)", "--wait", "--timeout=120", "--silent",
            ], account)
        guard outcome.status == 0 || ServerProcess(dataFolder: pgdata) == nil else {
            throw Failure(.databaseStart, "PostgreSQL did not stop: \(Self.lastLines(outcome.output)).")
        }
    }

    /// Runs a program as the server's account, with nothing of our environment but PATH.
    private func run(_ arguments: [String], _ account: Account?) throws(Failure) -> Subprocess.Outcome {
        let command = account.map { ["runuser", "-u", $0.name, "--"] + arguments } ?? arguments
        let path = environment["PATH"] ?? ""
        // runuser lies in /usr/sbin, which cron leaves out of PATH.
        let environment = ["PATH": path + ":/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
        guard let outcome = Subprocess.run(command, environment: environment) else {
            throw Failure(.databaseMissingBinaries, "\(command[0]) cannot be run.")
        }
        return outcome
    }

    // MARK: What went wrong

    private func size(of path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_size) : 0
    }

    private func log(from offset: Int) -> String? {
        guard let text = Files.text(logFile) else { return nil }
        let fresh = String(decoding: text.utf8.dropFirst(offset), as: UTF8.self)
        return fresh.isEmpty ? nil : fresh
    }

    private func startFailure(_ what: String, _ output: String) -> Failure {
        let full = output.contains("No space left on device") || output.contains("Disk quota exceeded")
        return Failure(
            full ? .databaseFull : .databaseStart, "\(what): \(Self.lastLines(output))", at: .named(dataFolder),
            advice: full ? nil : "The whole log is in \(logFile).")
    }

    /// The last lines that say something, on one line.
    private static func lastLines(_ text: String) -> String {
        let lines = text.split(separator: "\n").filter { !$0.allSatisfy { $0 == "." || $0 == " " } }
        return lines.suffix(6).joined(separator: " / ")
    }

    private static func randomPassword() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        // The system's generator is a cryptographic one; 32 of 62 letters hold 190 bits.
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }
}
