import Configuration
import Diagnostics
import Foundation
import Testing

@Suite("Settings")
struct SettingsTests {
    /// A home in a temporary folder with the given config/mainspring.yml.
    private func withHome<T>(_ yaml: String?, _ body: (Home) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        for name in Home.folders {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        if let yaml {
            try Data(yaml.utf8).write(to: folder.appendingPathComponent("config/mainspring.yml"))
        }
        return try body(Home(path: folder.path))
    }

    @Test("the file that we ship says the defaults")
    func shippedFileIsTheDefaults() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        #expect(try Settings.load(home: Home(path: root.path)) == Settings())
    }

    @Test("no file at all gives the defaults; a file changes what it names")
    func changes() throws {
        let unset = try withHome(nil) { try Settings.load(home: $0) }
        #expect(unset == Settings())
        let limits = "limits:\n  readers: 4\n  temporary_space: 2TB\n  work_memory: 64MB\n"
        let yaml = "business:\n  currency: AED\n\(limits)breaks:\n  open_limit: 0\n"
        try withHome(yaml) { home in
            let settings = try Settings.load(home: home)
            #expect(settings.businessCurrency == "AED")
            #expect(settings.readers == 4 && settings.runTimeoutSeconds == nil)
            #expect(settings.workMemory == "64MB" && settings.temporarySpace == "2TB")
            #expect(settings.openBreaksLimit == 0)
            #expect(settings.businessTimeZone == "Asia/Karachi")
        }
    }

    @Test("what watches a run is read: the log's format, the folder of figures, programs as lists or alone")
    func observing() throws {
        let yaml = """
            log:
              format: json
            metrics:
              directory: /var/lib/figures
            hooks:
              start: bin/tell
              failure: [/usr/bin/tell, nightly failed, "$x"]
              timeout_seconds: 5
            """
        try withHome(yaml) { home in
            let settings = try Settings.load(home: home)
            #expect(settings.logFormat == .json)
            #expect(settings.metricsDirectory == "/var/lib/figures")
            #expect(settings.hooks.start == ["bin/tell"])
            #expect(settings.hooks.success == [])
            #expect(settings.hooks.failure == ["/usr/bin/tell", "nightly failed", "$x"])
            #expect(settings.hooks.timeoutSeconds == 5)
        }
    }

    @Test(
        "a wrong value is refused at its place",
        arguments: [
            ("business:\n  time_zone: Asia/Krachi\n", 2), ("business:\n  currency: rupee\n", 2),
            ("limits:\n  work_memory: 64\n", 2), ("limits:\n  temporary_space: much\n", 2),
            ("limits:\n  run_timeout_seconds: 0\n", 2), ("limits:\n  work_memory: 0MB\n", 2),
            ("limits:\n  readers: 0\n", 2), ("log:\n  format: xml\n", 2), ("hooks:\n  start: tell me\n", 2),
            ("hooks:\n  failure: []\n", 2), ("hooks:\n  timeout_seconds: 0\n", 2),
            ("business:\n  weekend: [sonday]\n", 2), ("stok:\n  x: 1\n", 1),
        ])
    func refused(yaml: String, line: Int) throws {
        try withHome(yaml) { home in
            let failure = try #require(throws: Failure.self) { try Settings.load(home: home) }
            #expect(failure.exitCode == .usage)
            guard case .file(_, let place?, _) = failure.location else {
                Issue.record("no place in \(failure)")
                return
            }
            #expect(place == line)
        }
    }

    @Test("the home is found from a folder below it, and its lack is said by name")
    func home() throws {
        try withHome(nil) { home in
            let below = home.resolve("reports/workbooks")
            try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
            #expect(try Home.find(named: nil, environment: [:], currentFolder: below) == home)
            #expect(try Home.find(named: nil, environment: ["MAINSPRING_HOME": home.path], currentFolder: "/") == home)
        }
        let failure = try #require(throws: Failure.self) {
            try Home.find(named: nil, environment: [:], currentFolder: "/", program: "/x/bin/mainspring")
        }
        #expect(failure.code == .homeNotFound)
    }
}
