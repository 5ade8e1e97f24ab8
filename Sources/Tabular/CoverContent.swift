/// What a workbook's cover sheet shows.
package struct CoverContent: Sendable, Equatable {
    package var title: String
    /// Below the title: what, for which window.
    package var subtitle: String
    package var sections: [Section]

    package init(title: String, subtitle: String = "", sections: [Section] = []) {
        self.title = title
        self.subtitle = subtitle
        self.sections = sections
    }

    /// A heading with lines below it.
    package struct Section: Sendable, Equatable {
        package var heading: String
        package var lines: [Line]

        package init(_ heading: String, _ lines: [Line]) {
            self.heading = heading
            self.lines = lines
        }
    }

    /// A label, a value, and a remark beside it.
    package struct Line: Sendable, Equatable {
        package var label: String
        package var value: Value
        package var note: String
        /// The sheet that a click on the label opens.
        package var sheet: String?
        /// Colours the value green or red; nil leaves it black.
        package var isGood: Bool?

        package init(_ label: String, _ value: Value, note: String = "", sheet: String? = nil, isGood: Bool? = nil) {
            self.label = label
            self.value = value
            self.note = note
            self.sheet = sheet
            self.isGood = isGood
        }
    }

    /// What stands beside a label.
    package enum Value: Sendable, Equatable {
        case none
        case text(String)
        case integer(Int64)
        /// A plain decimal in major units, with its currency's code.
        case money(String, currency: String)
        /// `2026-06-30`.
        case date(String)
    }
}
