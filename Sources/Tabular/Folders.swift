import Diagnostics
import Glibc

/// What `lstat` says, as far as it is needed here.
struct FileStatus {
    var isFolder: Bool
    var isRegular: Bool
    var bytes: Int
}

/// Nil when there is nothing at the path; links are not followed.
func fileStatus(_ path: String) -> FileStatus? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    let type = status.st_mode & S_IFMT
    return FileStatus(isFolder: type == S_IFDIR, isRegular: type == S_IFREG, bytes: Int(status.st_size))
}

/// True for a folder, also behind a link.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The parent folder and the last name of a path; slashes at its end do not count.
func splitPath(_ path: String) -> (parent: String, name: String) {
    var text = path[...]
    while text.count > 1, text.hasSuffix("/") { text = text.dropLast() }
    guard let slash = text.lastIndex(of: "/") else { return (".", String(text)) }
    let parent = slash == text.startIndex ? "/" : String(text[..<slash])
    return (parent, String(text[text.index(after: slash)...]))
}

/// The names in a folder, sorted, so that whatever is done with them is done in the same order everywhere.
func folderEntries(_ path: String) throws(Failure) -> [String] {
    guard let handle = opendir(path) else { throw fileFailure("The folder cannot be read", path, reading: true) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
        // d_name is a fixed array in Swift; its address is where the name begins.
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Makes the folder and its missing parents, mode 0750.
func makeFolders(_ path: String) throws(Failure) {
    if let status = fileStatus(path), status.isFolder { return }
    let (parent, _) = splitPath(path)
    if parent != path, parent != "." { try makeFolders(parent) }
    if mkdir(path, 0o750) != 0, errno != EEXIST { throw fileFailure("The folder cannot be created", path) }
}

/// Removes a folder and all in it, without following links.
func removeTree(_ path: String) throws(Failure) {
    guard let status = fileStatus(path) else { return }
    if status.isFolder {
        for name in try folderEntries(path) { try removeTree("\(path)/\(name)") }
        guard rmdir(path) == 0 else { throw fileFailure("The folder cannot be removed", path) }
    } else {
        guard unlink(path) == 0 else { throw fileFailure("The file cannot be removed", path) }
    }
}

/// Sets the modes (files 0640, folders 0750) and syncs all in the folder, and the folder, to the disk.
func sealTree(_ path: String) throws(Failure) {
    guard let status = fileStatus(path) else { return }
    if status.isFolder {
        for name in try folderEntries(path) { try sealTree("\(path)/\(name)") }
    }
    guard chmod(path, status.isFolder ? 0o750 : 0o640) == 0 else { throw fileFailure("The mode cannot be set", path) }
    try syncFolder(path)
}

/// Brings a file's or a folder's content to the disk.
func syncFolder(_ path: String) throws(Failure) {
    let handle = open(path, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { throw fileFailure("The file cannot be opened", path) }
    defer { close(handle) }
    // EINVAL: a file system that has nothing to sync.
    if fsync(handle) != 0, errno != EINVAL { throw fileFailure("The file cannot be brought to the disk", path) }
}
