package import Diagnostics

/// What an import may do beyond storing what is new.
package struct ImportOptions: Sendable, Equatable {
    /// The most that can be left out of a file: more is no file to import.
    package static let mostRejects = 10_000

    /// Why lines that an earlier file brought with other content take its place; nil: the earlier ones stand.
    package var supersedeReason: String?
    /// How many rows that can't be read may be left out, to `NAME.rejects.csv` beside the file.
    package var maxRejects: Int

    package init(supersedeReason: String? = nil, maxRejects: Int = 0) {
        self.supersedeReason = supersedeReason
        self.maxRejects = maxRejects
    }

    /// - Throws: `usage` when the statement's lines have no id, by which alone a line is known as changed.
    package func check(for profile: SettlementProfile) throws(Failure) {
        guard supersedeReason != nil, !profile.fields.contains(where: { $0.name == "line_id" }) else { return }
        throw Failure(
            .usage, "A line of “\(profile.name)” is known by its content: with another content it is another line.",
            at: profile.location, advice: "Leave --supersede out, or name the column of an id as `line_id`.")
    }
}
