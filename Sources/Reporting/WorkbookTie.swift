import Configuration
package import Diagnostics
import Money
import Tabular

/// Two columns of a workbook's sheets that come to the same, per currency (docs/adding-a-report.md, “A workbook”).
package struct WorkbookTie: Sendable, Equatable {
    package let left: Side
    package let right: Side
    /// The right side comes to the same with the other sign.
    package let isOpposite: Bool
    package let location: Location

    /// A money column of one of the sheets.
    package struct Side: Sendable, Equatable, CustomStringConvertible {
        package let report: String
        package let column: String

        package var description: String { "\(report).\(column)" }
    }

    static func list(_ node: YAMLNode?) throws(Failure) -> [WorkbookTie] {
        guard let node else { return [] }
        var ties: [WorkbookTie] = []
        for item in try node.list() {
            let mapping = try item.mapping(allowed: ["left", "right", "opposite"])
            let tie = WorkbookTie(
                left: try Side(mapping.required("left")), right: try Side(mapping.required("right")),
                isOpposite: try mapping.optional("opposite")?.boolean() ?? false, location: item.location)
            guard tie.left != tie.right, !ties.contains(where: { $0.left == tie.left && $0.right == tie.right }) else {
                throw Failure(
                    .reportInvalid, "The tie of “\(tie.left)” and “\(tie.right)” says nothing new.",
                    at: item.location, advice: "Remove it, or name other columns.")
            }
            ties.append(tie)
        }
        return ties
    }

    /// Both sides are money of reports that are sheets of the workbook.
    func check(sheets: [ReportDefinition]) throws(Failure) {
        for side in [left, right] {
            guard let report = sheets.first(where: { $0.name == side.report }) else {
                throw Failure(
                    .reportInvalid, "The tie speaks of “\(side)”, and “\(side.report)” is no sheet of the workbook.",
                    at: location, advice: NearestName.advice(for: side.report, among: sheets.map(\.name)))
            }
            guard let column = report.columns.first(where: { $0.name == side.column }) else {
                throw Failure(
                    .reportInvalid, "The tie speaks of “\(side)”, and the report has no such column.", at: location,
                    advice: NearestName.advice(for: side.column, among: report.columns.map(\.name)))
            }
            guard column.kind == .money else {
                throw Failure(
                    .reportInvalid, "The tie speaks of “\(side)”, which is \(column.kind.rawValue), not money.",
                    at: location, advice: "Tie columns of money.")
            }
        }
    }
}

extension WorkbookTie.Side {
    /// `breaks-ageing.net_amount`.
    fileprivate init(_ node: YAMLNode) throws(Failure) {
        let text = try node.string()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure(
                .reportInvalid, "A side of a tie is a report and one of its columns.", at: node.location,
                advice: "Write for example breaks.money_effect.")
        }
        (report, column) = (parts[0], parts[1])
    }
}

/// How a tie came out, by what the sheets hold.
package struct TieResult: Sendable, Equatable {
    package let title: String
    /// The report that a click leads to.
    package let report: String
    package let pass: Bool
    /// The sums, or where they differ.
    package var note: String

    /// Compares the sums of two columns exactly, currency by currency; what one side lacks is nothing.
    static func compare(
        _ title: String, report: String, _ left: [String: String], _ right: [String: String], isOpposite: Bool = false
    ) -> TieResult {
        var equal: [String] = []
        var apart: [String] = []
        for code in Set(left.keys).union(right.keys).sorted() {
            let (mine, other) = (left[code] ?? "0", right[code] ?? "0")
            let name = code.isEmpty ? "no currency" : code
            if isSame(mine, other, isOpposite: isOpposite) {
                equal.append("\(name) \(grouped(mine))")
            } else {
                apart.append("\(name): \(grouped(mine)) and \(grouped(other))")
            }
        }
        let note = apart.isEmpty ? equal.joined(separator: ", ") : apart.joined(separator: ", ")
        return TieResult(title: title, report: report, pass: apart.isEmpty, note: note.isEmpty ? "No money." : note)
    }

    /// `-1,234.50`, as the cells beside it show it.
    private static func grouped(_ plain: String) -> String {
        let parts = plain.split(separator: ".", maxSplits: 1)
        let whole = parts.first ?? ""
        var digits = ""
        for (index, digit) in whole.enumerated() {
            let left = whole.count - index
            if left.isMultiple(of: 3), digits.last?.isNumber == true { digits.append(",") }
            digits.append(digit)
        }
        return parts.count > 1 ? "\(digits).\(parts[1])" : digits
    }

    private static func isSame(_ left: String, _ right: String, isOpposite: Bool) -> Bool {
        guard let left = ExactDecimal(left), var right = ExactDecimal(right) else { return false }
        if isOpposite { right.units = -right.units }
        let scale = max(left.scale, right.scale)
        guard let mine = left.units(atScale: scale) else { return false }
        return mine == right.units(atScale: scale)
    }
}

/// What the sheets of a workbook hold, held against each other and against the files of the same reports.
struct SheetTies {
    private var written: [String: WrittenTable] = [:]
    private var apart: [String] = []
    private var compared = 0
    private var firstApart: String?

    /// A sheet is finished; `first` is what the pass over the rows found that wrote the report's files.
    mutating func add(_ report: ReportDefinition, _ sheet: WrittenTable, first: WrittenTable?) {
        written[report.name] = sheet
        guard let first else { return }
        compared += 1
        guard first != sheet else { return }
        firstApart = firstApart ?? report.name
        if first.rows != sheet.rows {
            apart.append("\(report.header.sheet): \(first.rows) rows in the file, \(sheet.rows) in the sheet")
        } else {
            apart.append("\(report.header.sheet): other sums in the file than in the sheet")
        }
    }

    func results(_ workbook: WorkbookDefinition, _ reports: [ReportDefinition]) -> [TieResult] {
        func sums(_ side: WorkbookTie.Side) -> [String: String] {
            written[side.report]?.sums.first { $0.column == side.column }?.byCurrency ?? [:]
        }
        func report(_ side: WorkbookTie.Side) -> ReportDefinition? { reports.first { $0.name == side.report } }
        func sheet(_ side: WorkbookTie.Side) -> String { report(side)?.header.sheet ?? side.report }
        func heading(_ side: WorkbookTie.Side) -> String {
            report(side)?.columns.first { $0.name == side.column }?.heading ?? side.column
        }
        var results = workbook.ties.map { tie in
            var result = TieResult.compare(
                "\(sheet(tie.left)) = \(sheet(tie.right))", report: tie.left.report, sums(tie.left), sums(tie.right),
                isOpposite: tie.isOpposite)
            let sign = tie.isOpposite ? "−" : ""
            result.note = "\(heading(tie.left)) = \(sign)\(heading(tie.right)): \(result.note)"
            return result
        }
        if compared > 0, let any = reports.first {
            results.append(
                TieResult(
                    title: "Sheets = files", report: firstApart ?? any.name, pass: apart.isEmpty,
                    note: apart.isEmpty ? "Rows and sums of \(compared) sheets." : apart.joined(separator: "; ")))
        }
        return results
    }
}
