import Foundation

/// A disk of a few kilobytes: a tmpfs where the tests may mount one.
///
/// Where they may not, `otherwise` runs: the same fault brought about by `/dev/full`, which refuses every byte as a
/// full disk does. (A file size limit would serve too, but it would count for all tests of the process.)
func withSmallDisk(kilobytes: Int, otherwise: () throws -> Void, _ body: (String) throws -> Void) throws {
    try withFolder { folder in
        guard mount("tmpfs", folder, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { return try otherwise() }
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try body(folder)
    }
}
