import Glibc

/// What `postmaster.pid` and /proc say of the server of one data folder.
struct ServerProcess {
    let pid: pid_t
    let socketFolder: String
    /// It takes connections, as it says itself.
    let isReady: Bool

    /// The live server of a data folder. The file alone proves nothing: after a kill or in a new container it is
    /// stale, and its number may be another program's by now. A server works in its data folder.
    init?(dataFolder: String) {
        guard let lines = Self.pidFile(dataFolder), let pid = lines.first.flatMap({ pid_t($0) }),
            Self.isServer(String(pid), of: Files.realPath(dataFolder) ?? dataFolder)
        else { return nil }
        self.pid = pid
        socketFolder = lines.count > 4 ? lines[4] : ""
        isReady = lines.count > 7 && lines[7].hasPrefix("ready")
    }

    private static func pidFile(_ dataFolder: String) -> [String]? {
        Files.text("\(dataFolder)/postmaster.pid")?.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0) }
    }

    /// Removes a pid file whose number belongs to a living process that is not this server: PostgreSQL would
    /// refuse to start. A pid file of a dead process stays, PostgreSQL looks in it for memory left behind.
    static func removeMisleadingPidFile(_ dataFolder: String) {
        guard let pid = pidFile(dataFolder)?.first.flatMap({ pid_t($0) }), kill(pid, 0) == 0 || errno == EPERM,
            !processes(in: dataFolder).contains(pid)
        else { return }
        unlink("\(dataFolder)/postmaster.pid")
    }

    /// Every server process of a data folder, also those whose postmaster was killed.
    static func processes(in dataFolder: String) -> [pid_t] {
        let real = Files.realPath(dataFolder) ?? dataFolder
        return Files.entries("/proc").compactMap { name in
            guard let pid = pid_t(name), isServer(name, of: real) else { return nil }
            return pid
        }
    }

    private static func isServer(_ pid: String, of realDataFolder: String) -> Bool {
        link("/proc/\(pid)/cwd") == realDataFolder && Files.text("/proc/\(pid)/comm")?.hasPrefix("postgres") == true
    }

    /// Waits until the children of a killed server are gone; they notice its death, busy ones are told to quit.
    static func waitForOrphans(_ dataFolder: String, seconds: Int = 10) {
        for tenth in 0..<(seconds * 10) {
            let orphans = processes(in: dataFolder)
            if orphans.isEmpty { return }
            if tenth == 10 { for pid in orphans { kill(pid, SIGQUIT) } }
            usleep(100_000)
        }
    }

    private static func link(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count)
        guard count > 0 else { return nil }
        return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
