import Postgres
import TestSupport
import Testing

@Suite("Connections")
struct ConnectionTests {
    @Test("typed values go out as parameters and come back typed")
    func roundTrip() throws {
        try TestDatabase.withDatabase { connection in
            let rows = try connection.query(
                Statement(
                    "SELECT $1::int AS a, $2::text AS b, $3::boolean AS c, $4::text[] AS d, $5::date AS e, NULL AS f",
                    [7, "it's", true, .textArray(["a\"\\,{}", nil, ""]), .date("2026-06-30")]))
            let row = try #require(rows.first)
            #expect(try row.int("a") == 7)
            #expect(try row.text("b") == "it's")
            #expect(try row.bool("c"))
            #expect(try row.text("d") == #"{"a\"\\,{}",NULL,""}"#)
            #expect(try row.text("e") == "2026-06-30")
            #expect(try row.optionalText("f") == nil)
        }
    }
}
