import Diagnostics
import Glibc

/// The failure that `errno` means for a file: a full disk is told apart, for it is nobody's mistake.
func fileFailure(_ what: String, _ path: String, reading: Bool = false, errno code: Int32 = errno) -> Failure {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
        return Failure(.diskFull, "\(what): \(reason).", at: .file(path))
    default:
        return Failure(reading ? .fileUnreadable : .fileUnwritable, "\(what): \(reason).", at: .file(path))
    }
}
