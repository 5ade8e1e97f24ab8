import Foundation
import Glibc

/// Runs an operator's program beside a run: no shell, its input from a nameless file, its output to nowhere, and in a
/// process group of its own, so that it can be ended together with what it started.
struct HookProgram {
    /// How it went.
    enum Ending: Sendable, Equatable {
        case ended(status: Int32)
        case killed(signal: Int32)
        case notStarted(reason: String)
        /// It took longer than it may, and was ended.
        case tooLong
        /// It goes on by itself: this program has to end.
        case left
    }

    let words: [String]
    let environment: [String: String]

    /// Runs it to its end, or until `deadline`.
    ///
    /// - Parameters:
    ///   - input: what it finds on stdin. A file, not a pipe: a program that doesn't read it hinders nobody, and one that
    ///     closes it raises no SIGPIPE.
    ///   - mayWait: asked again and again; false leaves the program running.
    func run(input: String, deadline: Date, mayWait: () -> Bool) -> Ending {
        guard let descriptor = Self.file(input) else { return .notStarted(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var child = pid_t()
        let code = start(descriptor, &child)
        guard code == 0 else { return .notStarted(reason: String(cString: strerror(code))) }
        var status: Int32 = 0
        while true {
            let found = waitpid(child, &status, WNOHANG)
            if found == child { break }
            if found < 0, errno != EINTR { return .left }
            if Date() >= deadline {
                kill(-child, SIGKILL)
                while waitpid(child, &status, 0) == -1, errno == EINTR {}
                return .tooLong
            }
            if !mayWait() { return .left }
            Thread.sleep(forTimeInterval: 0.02)
        }
        let signal = status & 0x7F
        return signal == 0 ? .ended(status: (status >> 8) & 0xFF) : .killed(signal: signal)
    }

    private func start(_ input: Int32, _ child: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this program catches, ignores or blocks reach the child as usual.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        return posix_spawnp(&child, words[0], &actions, &attributes, &arguments, &variables)
    }

    /// A nameless file in memory that holds a text, to be read from its beginning.
    private static func file(_ text: String) -> Int32? {
        let name = "/mainspring-hook-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { return nil }
        shm_unlink(name)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR {
                close(descriptor)
                return nil
            }
            rest = rest.dropFirst(max(0, written))
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }
}
