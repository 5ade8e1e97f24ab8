package import Diagnostics
import Glibc

extension OutputFolder {
    /// Removes a folder that a run wrote: it disappears in one step, and is emptied after that.
    /// - Throws: `file.unwritable`.
    package static func remove(_ path: String) throws(Failure) {
        guard let status = fileStatus(path), status.isFolder else { return }
        let (parent, name) = splitPath(path)
        let hidden = "\(parent)/.\(name).expired-\(getpid())"
        guard rename(path, hidden) == 0 else { throw fileFailure("The folder cannot be moved away", path) }
        try removeTree(hidden)
        try syncFolder(parent)
    }
}
