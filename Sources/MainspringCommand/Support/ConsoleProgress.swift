import Diagnostics
import Foundation
import Jobs
import Synchronization

/// Tells on stderr how a run gets on: a line that changes on a terminal, one `key=value` line per event elsewhere.
final class ConsoleProgress: RunProgress {
    private let isTerminal = Console.errIsTerminal
    private let style = Console.errStyle

    func notice(_ text: String) {
        clear()
        Console.err(isTerminal ? style.warning(text) : "notice \(text)")
    }

    func began(step: String, number: Int, of count: Int) {
        guard isTerminal else { return }
        write("\r\u{1B}[K\(style.faint("[\(number)/\(count)]")) \(step) …")
    }

    func ended(step: RunSummary.Step, of count: Int) {
        guard isTerminal else {
            let figures = "read=\(step.read) written=\(step.written) rejected=\(step.rejected) changed=\(step.changed)"
            let seconds = String(format: "%.2f", step.seconds)
            Console.err("step=\"\(step.step)\" status=\(step.status) \(figures) seconds=\(seconds)")
            return
        }
        clear()
        let mark = step.status == "done" ? style.good("✓") : style.bad("✗")
        let rows = Figures.counted(step.read, "row", "rows")
        Console.err(
            "\(mark) \(style.faint("[\(step.number)/\(count)]")) \(step.step): \(rows), \(Figures.time(step.seconds))")
    }

    private func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

/// Tells on stderr which stage of a longer work is under way: a line that changes on a terminal, nothing elsewhere.
struct StageProgress {
    private let isTerminal = Console.errIsTerminal

    func stage(_ title: String, _ number: Int? = nil, of count: Int? = nil) {
        guard isTerminal else { return }
        let place = number.flatMap { number in count.map { "[\(number)/\($0)] " } } ?? ""
        write("\r\u{1B}[K\(place)\(title) …")
    }

    func end() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
