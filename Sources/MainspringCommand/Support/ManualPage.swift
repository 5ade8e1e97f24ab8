import ArgumentParser
import Foundation

/// mainspring(1), written from the commands' own help, so that it can't say anything else.
enum ManualPage {
    /// The page in troff's man macros.
    static var text: String {
        let program = Mainspring.configuration
        var lines = [
            #".\" Written by `mainspring manual`."#,
            ".TH MAINSPRING 1 \"\" \"Mainspring \(program.version)\" \"User Commands\"",
            ".SH NAME", "mainspring \\- \(escaped(program.abstract))",
            ".SH SYNOPSIS", ".B mainspring", ".I COMMAND", ".RI [ OPTIONS ]",
            ".SH DESCRIPTION",
        ]
        for paragraph in program.discussion.components(separatedBy: "\n\n") {
            lines.append(".PP")
            lines += paragraph.contains("\n") ? block(paragraph) : [escaped(paragraph)]
        }
        lines.append(".SH COMMANDS")
        for (name, type) in commands(program.subcommands, under: "mainspring") {
            lines += [".SS \"\(escaped(name))\""]
            lines += block(Mainspring.helpMessage(for: type, columns: 76))
        }
        lines += [
            ".SH ENVIRONMENT",
            ".TP", ".B MAINSPRING_HOME", "The folder that holds jobs, reports and config.",
            ".TP", ".B DATABASE_URL\\fR, \\fBPG*", "The database, as libpq reads them.",
            ".TP", ".B NO_COLOR", "No colour, also on a terminal.",
            ".SH FILES",
            ".TP", ".I config/mainspring.yml", "Every setting, in the home.",
            ".TP", ".I jobs/*.yml\\fR, \\fIjobs/*.sql", "The jobs and their steps.",
            ".TP", ".I reports/", "The reports and workbooks.",
            ".SH SEE ALSO", ".BR psql (1),", ".BR crontab (5),", ".BR systemd.timer (5)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func commands(
        _ types: [any ParsableCommand.Type], under prefix: String
    ) -> [(String, any ParsableCommand.Type)] {
        types.flatMap { type in
            let name = "\(prefix) \(type.configuration.commandName ?? type._commandName)"
            let below = type.configuration.subcommands
            return below.isEmpty ? [(name, type)] : commands(below, under: name)
        }
    }

    /// Lines as they stand.
    private static func block(_ text: String) -> [String] {
        [".nf"] + text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) } + [".fi"]
    }

    /// Nothing of a text is a command of troff's.
    private static func escaped(_ line: String) -> String {
        let plain = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
