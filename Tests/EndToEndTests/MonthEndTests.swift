import Foundation
import TestSupport
import Testing

/// docs/month-end.md: small months worked out on paper, which the program must reproduce to the paisa.
@Suite("Months worked out on paper")
struct MonthEndTests {
    static let folder = "\(Repository.root)/Tests/Fixtures/month-end"

    static let months: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))
        .map { names in names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/orders.csv") }.sorted() }
        ?? []

    @Test("there are months")
    func some() { #expect(Self.months.count >= 14) }

    @Test("buckets, bridge and breaks are those on paper, row by row and to the paisa", arguments: months)
    func month(_ name: String) throws {
        try TestDatabase.withShop { owner, target in
            let month = try Month(name: name, owner: owner, database: target.conninfo)
            let nights = try month.nights()
            #expect(try month.pagesOfNoNight(nights) == [])
            try month.load()
            for (index, night) in nights.enumerated() {
                try month.run(night)
                let differences = try month.differences(after: night, isLast: index == nights.count - 1)
                #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
            }
        }
    }

    @Test("a row that is found twice, not at all or with another amount is a difference")
    func comparison() {
        let paper = ["stripe,PKR,5,100.00", "stripe,PKR,9,-3.70"]
        #expect(MonthPage.bridge.differences(paper: paper, found: Array(paper.reversed())) == [])
        #expect(
            MonthPage.bridge.differences(paper: paper, found: paper + ["stripe,PKR,9,-3.70"])
                == ["expected nothing / found stripe,PKR,9,-3.70"])
        #expect(
            MonthPage.bridge.differences(paper: paper, found: [paper[0]])
                == ["expected stripe,PKR,9,-3.70 / found nothing"])
        #expect(
            MonthPage.bridge.differences(paper: paper, found: [paper[0], "stripe,PKR,9,-3.71"])
                == ["expected stripe,PKR,9,-3.70 / found stripe,PKR,9,-3.71"])
    }
}
