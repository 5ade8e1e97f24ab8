/// How text for people is dressed: plain, or with a terminal's colours.
package struct TextStyle: Sendable {
    package let colour: Bool

    package init(colour: Bool) { self.colour = colour }

    package static let plain = TextStyle(colour: false)

    package func good(_ text: String) -> String { dress(text, "32") }
    package func bad(_ text: String) -> String { dress(text, "31;1") }
    package func warning(_ text: String) -> String { dress(text, "33") }
    package func strong(_ text: String) -> String { dress(text, "1") }
    package func faint(_ text: String) -> String { dress(text, "2") }

    private func dress(_ text: String, _ code: String) -> String {
        colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
