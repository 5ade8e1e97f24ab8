import CLibPQ

/// Owns one `PGresult`; everything that reads it goes through here, and it is freed exactly once.
///
/// `@unchecked Sendable`: libpq's manual (“Behavior in Threaded Programs”) says that a result object is read-only
/// after its creation and can be passed around freely between threads; the pointer is never changed here.
final class ResultSet: @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }
    /// `INSERT 0 5`, `COMMIT`, …
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }
    /// Rows that the command touched; 0 where that means nothing.
    var affectedRows: Int64 { Int64(String(cString: PQcmdTuples(pointer))) ?? 0 }

    var columns: [ResultColumn] {
        (0..<Int32(columnCount)).map { index in
            ResultColumn(
                name: PQfname(pointer, index).map { String(cString: $0) } ?? "",
                type: SQLType(rawValue: PQftype(pointer, index)), modifier: PQfmod(pointer, index))
        }
    }

    /// The bytes of a field; nil is NULL. They live as long as this object.
    func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        let row = Int32(row)
        let column = Int32(column)
        guard PQgetisnull(pointer, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column)))
    }

    /// An error field such as `PG_DIAG_SQLSTATE`.
    func diagnostic(_ field: Int) -> String? {
        PQresultErrorField(pointer, Int32(field)).map { String(cString: $0) }
    }
}

/// Codes of `PQresultErrorField`: libpq defines them as character macros, which Swift does not import.
enum Diagnostic {
    static let sqlState = Int(UInt8(ascii: "C"))
    static let severity = Int(UInt8(ascii: "V"))
    static let message = Int(UInt8(ascii: "M"))
    static let detail = Int(UInt8(ascii: "D"))
    static let hint = Int(UInt8(ascii: "H"))
    static let position = Int(UInt8(ascii: "P"))
    static let context = Int(UInt8(ascii: "W"))
    static let schema = Int(UInt8(ascii: "s"))
    static let table = Int(UInt8(ascii: "t"))
    static let column = Int(UInt8(ascii: "c"))
    static let constraint = Int(UInt8(ascii: "n"))
}
