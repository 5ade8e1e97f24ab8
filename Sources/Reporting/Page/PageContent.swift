/// What a page shows, in the words of its template (`Templates/page.mustache`): every value is text that is escaped there,
/// but drawings, which are made here.
struct PageContent {
    var title: String
    var subtitle: String
    var businessDate: String
    var window: String
    var verdict: Verdict?
    var sentences: [String] = []
    var groups: [Group] = []
    var sections: [Section] = []
    /// What else lies in the folder; nil where there is nothing.
    var fileTable: Table?
    /// Mustache asks for properties that are stored.
    var hasFiles = false
    var hasFigures = false

    struct Verdict {
        var text: String
        var isGood: Bool
    }

    /// Figures under one heading.
    struct Group {
        var heading: String
        var lines: [Line]
    }

    struct Line {
        var label: String
        var value: String
        var note: String
        var isNegative: Bool
    }

    struct Section {
        /// Its place, for the link to it.
        var anchor: String
        var title: String
        var description: String
        var drawings: [Drawing] = []
        var hasDrawings = false
        var table: Table?
        var isEmpty = false
        /// How many rows are not shown.
        var rest: String?
        /// Where all rows are; nil where no file of the run holds them.
        var more: Link?
    }

    /// A chart as inline SVG, with the figures that it is drawn from.
    struct Drawing {
        var title: String
        var svg: String
        /// What is not drawn; empty when everything is.
        var note: String
        var table: Table
    }

    struct Table {
        var caption: String
        var headings: [Heading]
        var rows: [Row]

        struct Heading {
            var text: String
            var isNumeric: Bool
        }

        struct Row { var cells: [Cell] }

        struct Cell {
            var text: String
            /// The classes of its style, none where it is plain text.
            var look: String?
            var href: String?

            init(_ text: String, look: [String] = [], href: String? = nil) {
                self.text = text
                self.look = look.isEmpty ? nil : look.joined(separator: " ")
                self.href = href
            }
        }
    }

    struct Link {
        var href: String
        var text: String
    }
}
