import ArgumentParser

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page, in the form that man reads.",
        discussion: """
            `make install` installs it, so that `man mainspring` shows it.

            EXAMPLES
              mainspring manual | man -l -

            \(ExitStatus.section(ExitStatus.reading))
            """)

    func run() throws { Console.out(ManualPage.text) }
}
