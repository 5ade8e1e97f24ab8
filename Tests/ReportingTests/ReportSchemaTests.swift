import Foundation
import Tabular
import Testing

@testable import Reporting

@Suite("The schema of a report's header, for editors")
struct ReportSchemaTests {
    @Test func names_every_key_and_word_that_the_reader_knows() throws {
        let document = try JSONSerialization.jsonObject(with: Data(ReportSchema.text.utf8))
        let schema = try #require(document as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(properties.keys) == Set(ReportHeader.keys))
        let words =
            ReportHeader.Format.allCases.map(\.rawValue) + ReportHeader.WindowRule.allCases.map(\.rawValue)
            + ReportParameter.Kind.allCases.map(\.rawValue) + CellKind.allCases.map(\.rawValue)
            + ChartKind.allCases.map(\.rawValue) + ReportColumn.totals.map(\.rawValue)
            + ReportColumn.conditionals.map(\.rawValue) + ReportColumn.links.map(\.rawValue)
        for word in words { #expect(ReportSchema.text.contains("\"\(word)\""), "\(word)") }
    }
}
