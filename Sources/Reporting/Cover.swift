import Diagnostics
import Money
import Tabular

/// What the ties of a control report come to, counted while its rows go by: a column `pass` of “pass” and “fail”.
struct Verdict: Sendable, Equatable {
    private let column: Int?
    private(set) var passed = 0
    private(set) var failed = 0

    init() { column = nil }

    init(of report: ReportDefinition) {
        column = report.columns.firstIndex { $0.name == "pass" }
    }

    mutating func see(_ fields: UnsafeBufferPointer<FieldBytes?>) {
        guard let column else { return }
        // A tie that says nothing has not passed.
        if let field = fields[column], field.elementsEqual("pass".utf8) { passed += 1 } else { failed += 1 }
    }

    /// The same with the ties between the sheets.
    mutating func add(_ ties: [TieResult]) {
        passed += ties.count(where: \.pass)
        failed += ties.count { !$0.pass }
    }

    var line: CoverContent.Line {
        let total = passed + failed
        let text: String =
            switch (total, failed) {
            case (0, _): "there are none"
            case (_, 0): "all \(total) pass"
            default: "\(failed) of \(total) fail"
            }
        return CoverContent.Line("Ties of the night", .text(text), isGood: total > 0 && failed == 0)
    }
}

/// The figures on a cover: rows of a report with the columns `section`, `figure`, `amount`, `currency`, `count`,
/// `text`, `note` and `sheet`, of which the first of amount, count and text that is there is the value.
struct CoverFigures {
    struct Columns {
        static let names = ["section", "figure", "amount", "currency", "count", "text", "note", "sheet"]
        let index: [String: Int]

        init(of report: ReportDefinition) throws(Failure) {
            var index: [String: Int] = [:]
            for name in Self.names {
                guard let position = report.columns.firstIndex(where: { $0.name == name }) else {
                    throw Failure(
                        .reportInvalid,
                        "A report of figures for a cover has the columns "
                            + Self.names.joined(separator: ", ") + "; “\(name)” is missing.", at: .file(report.file),
                        advice: "Add the column.")
                }
                index[name] = position
            }
            self.index = index
        }
    }

    let columns: Columns
    private(set) var sections: [CoverContent.Section] = []

    init(columns: Columns) { self.columns = columns }

    mutating func see(_ fields: UnsafeBufferPointer<FieldBytes?>) {
        func text(_ name: String) -> String? {
            guard let position = columns.index[name], let field = fields[position] else { return nil }
            return String(decoding: field, as: UTF8.self)
        }
        let value: CoverContent.Value
        if let amount = text("amount") {
            value = .money(amount, currency: text("currency") ?? "")
        } else if let count = text("count").flatMap({ Int64($0) }) {
            value = .integer(count)
        } else {
            value = text("text").map { .text($0) } ?? .none
        }
        let line = CoverContent.Line(
            text("figure") ?? "", value, note: text("note") ?? "", sheet: text("sheet"))
        let heading = text("section") ?? ""
        if sections.last?.heading == heading {
            sections[sections.count - 1].lines.append(line)
        } else {
            sections.append(.init(heading, [line]))
        }
    }
}

/// Gathers what the cover says while the sheets are written.
struct CoverBuilder {
    private let workbook: WorkbookDefinition
    private let context: ReportContext
    private var verdict: Verdict?
    /// The sheet whose ties decide.
    private var verdictSheet: String?
    /// The workbook's own ties, which decide as well.
    var ties: [TieResult] = []
    private var sheetNames: [String: String] = [:]
    private var sheets: [CoverContent.Line] = []
    var figures: [CoverContent.Section] = []

    init(workbook: WorkbookDefinition, context: ReportContext) {
        self.workbook = workbook
        self.context = context
    }

    mutating func add(_ report: ReportDefinition, _ table: WrittenTable, verdict: Verdict?) {
        sheets.append(
            .init(
                report.header.sheet, .integer(Int64(table.rows)), note: Self.firstSentence(report.description),
                sheet: report.header.sheet))
        sheetNames[report.name] = report.header.sheet
        if let verdict {
            self.verdict = verdict
            verdictSheet = report.header.sheet
        }
    }

    /// A cover has room for one sentence a sheet.
    private static func firstSentence(_ text: String) -> String {
        guard let end = text.firstRange(of: ". ") else { return text }
        return String(text[..<end.lowerBound]) + "."
    }

    /// Nothing of the run itself stands here: the same data makes the same bytes.
    var content: CoverContent {
        var facts: [CoverContent.Line] = []
        if verdict != nil || !ties.isEmpty {
            var all = verdict ?? Verdict()
            all.add(ties)
            var line = all.line
            line.sheet = verdictSheet
            facts.append(line)
        }
        facts.append(.init("Business date", .date(context.businessDate.description)))
        facts.append(.init("Window", .text(context.window.description), note: "Business dates, both included."))
        return CoverContent(
            title: workbook.title, subtitle: workbook.description,
            sections: [.init("What this is", facts)] + figures + tieSections + [.init("Sheets", sheets)])
    }

    private var tieSections: [CoverContent.Section] {
        guard !ties.isEmpty else { return [] }
        return [
            .init(
                "Ties between sheets",
                ties.map { tie in
                    .init(
                        tie.title, .text(tie.pass ? "pass" : "fail"), note: tie.note, sheet: sheetNames[tie.report],
                        isGood: tie.pass)
                })
        ]
    }
}
