import Glibc

/// Runs one of the server's programs to its end and keeps what it printed.
enum Subprocess {
    struct Outcome {
        /// The exit status; 128 + n when signal n ended it.
        let status: Int32
        /// stdout and stderr, as they came.
        let output: String
    }

    /// - Parameters:
    ///   - arguments: with the program's name or path first; found on PATH when it holds no slash.
    ///   - environment: the whole environment of the child: nothing of ours leaks (PGDATA, PGOPTIONS, …).
    /// - Returns: nil when the program could not be started.
    static func run(_ arguments: [String], environment: [String: String]) -> Outcome? {
        guard let output = temporaryFile() else { return nil }
        defer { close(output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // The server outlives us: whatever else we were given to hold (a lock file, a pipe that somebody waits on) is not
        // for it to keep open.
        for descriptor in Files.entries("/proc/self/fd").compactMap({ Int32($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this program ignores or blocks reach the child as usual.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var child = pid_t()
        // The server's account may not be allowed into our working folder.
        let started = withStrings(["env", "--chdir=/"] + arguments) { argv in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawnp(&child, "env", &actions, &attributes, argv, envp)
            }
        }
        guard started == 0 else { return nil }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7f
        // `env` answers 126 and 127 for a program that it cannot run or find.
        guard signal != 0 || (status >> 8) & 0xff != 126, signal != 0 || (status >> 8) & 0xff != 127 else { return nil }
        return Outcome(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: contents(of: output))
    }

    /// A nameless file in memory: a full disk does not lose the words that say so, and a daemon that keeps the
    /// descriptor open does not keep us waiting, as it would with a pipe.
    private static func temporaryFile() -> Int32? {
        let name = "/mainspring-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { return nil }
        shm_unlink(name)
        return descriptor
    }

    private static func contents(of descriptor: Int32) -> String {
        lseek(descriptor, 0, SEEK_SET)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func withStrings<T>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
    ) -> T {
        let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { array[index] = strdup(string) }
        array[strings.count] = nil
        defer {
            for index in strings.indices { free(array[index]) }
            array.deallocate()
        }
        return body(array)
    }
}
