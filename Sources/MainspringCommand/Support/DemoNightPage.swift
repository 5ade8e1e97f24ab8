import Demo
import Jobs
import Money

/// What `mainspring demo --night` put right, and what to do next.
struct DemoNightPage: Encodable {
    struct Mended: Encodable {
        var code: String
        var count: Int
    }

    var night: Int
    var businessDate: String
    var mended: [Mended]
    var decided: Int
    var statements: [DemoPage.File]
    var truth: DemoPage.File

    init(_ summary: DemoNight) {
        night = summary.night
        businessDate = summary.businessDate.description
        mended = summary.mended.map { Mended(code: $0.code, count: $0.count) }
        decided = summary.decided
        statements = summary.statements.map(DemoPage.file)
        truth = DemoPage.file(summary.truth)
    }

    func text(_ style: TextStyle) -> String {
        let count = mended.reduce(0) { $0 + $1.count }
        let list = mended.map { "  \($0.code) \($0.count)" }.joined(separator: "\n")
        return """
            \(style.strong("Night \(night)")), \(businessDate): \(Figures.grouped(Int64(count))) breaks are put right, \
            \(Figures.grouped(Int64(statements.count))) statement files came, banks decided on \
            \(Figures.grouped(Int64(decided))) payments. truth.csv says what is left.
            \(list)

            Next: \(style.strong("mainspring run nightly --date \(businessDate)"))
            """
    }
}
