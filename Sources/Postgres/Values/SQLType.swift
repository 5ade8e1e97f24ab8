/// A type of PostgreSQL by its OID (pg_type.dat; these OIDs never change between versions).
package struct SQLType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let bool = SQLType(rawValue: 16)
    package static let bytea = SQLType(rawValue: 17)
    package static let int8 = SQLType(rawValue: 20)
    package static let int2 = SQLType(rawValue: 21)
    package static let int4 = SQLType(rawValue: 23)
    package static let text = SQLType(rawValue: 25)
    package static let json = SQLType(rawValue: 114)
    package static let float4 = SQLType(rawValue: 700)
    package static let float8 = SQLType(rawValue: 701)
    package static let unknown = SQLType(rawValue: 705)
    package static let bpchar = SQLType(rawValue: 1042)
    package static let varchar = SQLType(rawValue: 1043)
    package static let date = SQLType(rawValue: 1082)
    package static let time = SQLType(rawValue: 1083)
    package static let timestamp = SQLType(rawValue: 1114)
    package static let timestamptz = SQLType(rawValue: 1184)
    package static let interval = SQLType(rawValue: 1186)
    package static let numeric = SQLType(rawValue: 1700)
    package static let uuid = SQLType(rawValue: 2950)
    package static let jsonb = SQLType(rawValue: 3802)
    package static let int4Array = SQLType(rawValue: 1007)
    package static let textArray = SQLType(rawValue: 1009)
    package static let varcharArray = SQLType(rawValue: 1015)
    package static let int8Array = SQLType(rawValue: 1016)
    package static let dateArray = SQLType(rawValue: 1182)
    package static let timestamptzArray = SQLType(rawValue: 1185)
    package static let numericArray = SQLType(rawValue: 1231)

    private static let names: [SQLType: String] = [
        .bool: "boolean", .bytea: "bytea", .int8: "bigint", .int2: "smallint", .int4: "integer", .text: "text",
        .json: "json", .float4: "real", .float8: "double precision", .unknown: "unknown", .bpchar: "character",
        .varchar: "character varying", .date: "date", .time: "time", .timestamp: "timestamp",
        .timestamptz: "timestamptz", .interval: "interval", .numeric: "numeric", .uuid: "uuid", .jsonb: "jsonb",
        .int4Array: "integer[]", .textArray: "text[]", .varcharArray: "character varying[]", .int8Array: "bigint[]",
        .dateArray: "date[]", .timestamptzArray: "timestamptz[]", .numericArray: "numeric[]",
    ]

    /// The name as SQL writes it; `type 12345` for one that this program does not know.
    package var description: String { Self.names[self] ?? "type \(rawValue)" }

    /// smallint, integer or bigint.
    package var isInteger: Bool { self == .int2 || self == .int4 || self == .int8 }
    /// text, varchar or char.
    package var isText: Bool { self == .text || self == .varchar || self == .bpchar }
}

/// A column of a result, known before the first row.
package struct ResultColumn: Sendable, Equatable {
    package let name: String
    package let type: SQLType
    /// The type modifier as the server reports it; −1 where there is none.
    package let modifier: Int32

    package init(name: String, type: SQLType, modifier: Int32 = -1) {
        self.name = name
        self.type = type
        self.modifier = modifier
    }

    /// Digits after the point of a `numeric(p,s)` column, nil for a plain `numeric` and for every other type.
    package var numericScale: Int? {
        guard type == .numeric, modifier >= 4 else { return nil }
        return Int((modifier - 4) & 0x7ff)
    }
}
