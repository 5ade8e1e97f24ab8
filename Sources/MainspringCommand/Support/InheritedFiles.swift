import Foundation

/// What our caller left open beyond the three streams (a cron's lock file, a socket) is not passed on: the private
/// PostgreSQL outlives us, and would hold it open.
enum InheritedFiles {
    static func keepFromChildren() {
        for descriptor in 3..<Int32(256) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
}
