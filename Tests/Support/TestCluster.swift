import Glibc
package import Postgres
import Synchronization

/// One throw-away PostgreSQL for the whole test process: started by the first test that needs it, deleted at exit.
package enum TestCluster {
    private static let state = Mutex<ConnectionTarget?>(nil)
    private static let folderPrefix = "mainspring-tests-"

    static let cluster = EmbeddedCluster(dataFolder: "/tmp/\(folderPrefix)\(getpid())", durable: false)

    /// The target of its database `mainspring`, whose role may create databases.
    package static func target() throws -> ConnectionTarget {
        try state.withLock { target in
            if let target { return target }
            sweep()
            atexit { try? TestCluster.cluster.destroy() }
            let started = try cluster.start()
            target = started
            return started
        }
    }

    /// Deletes what killed test processes left behind.
    private static func sweep() {
        guard let folder = opendir("/tmp") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(folderPrefix), let pid = pid_t(name.dropFirst(folderPrefix.count)),
                kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            try? EmbeddedCluster(dataFolder: "/tmp/\(name)", durable: false).destroy()
        }
    }
}
