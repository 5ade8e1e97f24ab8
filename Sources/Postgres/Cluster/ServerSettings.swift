import Glibc

/// The settings of an embedded server, for a machine of two cores that also runs the program.
struct ServerSettings {
    /// False for throw-away test servers only.
    var isDurable: Bool
    var socketFolder: String
    var majorVersion: Int

    /// The text of `mainspring.conf`, written at every start.
    var configuration: String {
        let durable = """
            # Written by Mainspring at every start; put settings of your own into postgresql.auto.conf (ALTER SYSTEM).
            # Only the socket: nothing listens on the network.
            listen_addresses = ''
            port = \(EmbeddedCluster.port)
            unix_socket_directories = '\(socketFolder)'
            unix_socket_permissions = 0700
            max_connections = \(isDurable ? 60 : 300)
            # Room for a night on a small machine: a quarter of 1 GB cached here, the rest by the kernel.
            shared_buffers = 256MB
            effective_cache_size = 1GB
            # A night sorts and hashes a few large sets at a time.
            work_mem = 48MB
            maintenance_work_mem = 256MB
            temp_buffers = 16MB
            # Loading a marketplace writes gigabytes: fewer checkpoints, spread out.
            max_wal_size = 4GB
            checkpoint_timeout = 15min
            checkpoint_completion_target = 0.9
            wal_compression = on
            # One server, no standby.
            wal_level = minimal
            max_wal_senders = 0
            # Compiling costs more than it saves on queries of a second or two.
            jit = off
            # Pages come from an SSD or from memory.
            random_page_cost = 1.1
            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            log_line_prefix = '%m [%p] %a '
            log_min_duration_statement = -1
            log_checkpoints = off
            # Rows and statements may hold personal data: never into the log. Mainspring tells errors itself.
            log_error_verbosity = terse
            log_min_error_statement = panic

            """
        return durable + parallelMemory + (isDurable ? "" : Self.throwAway)
    }

    /// Parallel queries share memory in /dev/shm, of which containers often have 64 MB only: a hash join then fails
    /// with “No space left on device”.
    private var parallelMemory: String {
        var info = statvfs()
        let isSmall = statvfs("/dev/shm", &info) != 0 || UInt64(info.f_bavail) * UInt64(info.f_frsize) < 1 << 30
        guard isSmall else { return "" }
        let reserved = majorVersion >= 14 ? "min_dynamic_shared_memory = 512MB\n" : ""
        return "# /dev/shm is small here: parallel queries share memory in the data folder.\n"
            + "dynamic_shared_memory_type = mmap\n" + reserved
    }

    private static let throwAway = """
        # A server for tests: nothing on it is worth keeping, so nothing waits for the disk.
        fsync = off
        synchronous_commit = off
        full_page_writes = off
        autovacuum = off
        shared_buffers = 128MB
        max_wal_size = 1GB

        """
}
