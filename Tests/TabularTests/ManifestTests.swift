import Diagnostics
import Foundation
import Testing

@testable import Tabular

@Suite("A manifest proves a folder")
struct ManifestTests {
    private static let columns = [
        Column("order_number"), Column("currency", isCurrency: true), Column("amount", kind: .money, total: .sum),
    ]

    /// A folder with one CSV file, a page and their manifest.
    private func withRun(_ body: (String) throws -> Void) throws {
        try withFolder { folder in
            let writer = try CSVWriter(path: "\(folder)/orders.csv", columns: Self.columns)
            try writer.write(["ORD-2026-00001", "PKR", "100.50"])
            try writer.write(["two\nlines", "USD", "1.00"])
            let table = try writer.finish()
            try makeFolders("\(folder)/pages")
            try put(Array("<p>".utf8), "\(folder)/pages/index.html")
            let files = [
                try Manifest.File.measure("pages/index.html", in: folder, format: "html", tables: []),
                try Manifest.File.measure("orders.csv", in: folder, format: "csv", tables: [table]),
            ]
            try Manifest(job: "nightly", businessDate: "2026-06-30", run: 12, files: files).write(toFolder: folder)
            try body(folder)
        }
    }

    @Test("its text is stable and holds rows, sums and digests")
    func text() throws {
        try withRun { folder in
            let digest = try sha256(ofFile: "\(folder)/orders.csv")
            let page = try sha256("<p>")
            let written = try TabularTests.text("\(folder)/manifest.json")
            #expect(
                written == """
                    {
                      "businessDate" : "2026-06-30",
                      "files" : [
                        {
                          "bytes" : 76,
                          "format" : "csv",
                          "path" : "orders.csv",
                          "rows" : 2,
                          "sha256" : "\(digest)",
                          "sumColumn" : "amount",
                          "sums" : {
                            "PKR" : "100.50",
                            "USD" : "1.00"
                          }
                        },
                        {
                          "bytes" : 3,
                          "format" : "html",
                          "path" : "pages/index.html",
                          "rows" : 0,
                          "sha256" : "\(page)",
                          "sums" : {

                          }
                        }
                      ],
                      "job" : "nightly",
                      "run" : 12,
                      "version" : 1
                    }

                    """)
        }
    }

    @Test("an untouched folder has no problems")
    func untouched() throws {
        try withRun { folder in
            let problems = try Manifest.verify(folder: folder)
            #expect(problems.isEmpty)
            let paths = try Manifest.read(fromFolder: folder).files.map(\.path)
            #expect(paths == ["orders.csv", "pages/index.html"])
        }
    }

    @Test("a missing file, an extra file and a changed byte are named")
    func problems() throws {
        try withRun { folder in
            #expect(unlink("\(folder)/pages/index.html") == 0)
            try put([1], "\(folder)/pages/extra.txt")
            var bytes = try contents("\(folder)/orders.csv")
            bytes[bytes.count - 2] = UInt8(ascii: "9")
            try put(bytes, "\(folder)/orders.csv")
            let problems = try Manifest.verify(folder: folder)
            #expect(problems.map(\.kind) == [.sha256, .missing, .extra])
            #expect(problems.map(\.path) == ["orders.csv", "pages/index.html", "pages/extra.txt"])
            #expect(problems.map(\.description)[1] == "pages/index.html is missing")
        }
    }

    @Test("a row more is told in bytes, digest and rows")
    func rows() throws {
        try withRun { folder in
            try put(try contents("\(folder)/orders.csv") + Array("x,PKR,1.00\n".utf8), "\(folder)/orders.csv")
            let problems = try Manifest.verify(folder: folder)
            #expect(problems.map(\.kind) == [.size, .sha256, .rows])
            #expect(problems.last?.description == "orders.csv has 3 rows, the manifest says 2")
        }
    }

    @Test("a file that is no CSV any more has unreadable rows")
    func unreadableRows() throws {
        try withRun { folder in
            try put(Array("a,\"".utf8), "\(folder)/orders.csv")
            #expect(try Manifest.verify(folder: folder).last?.actual == "unreadable")
        }
    }

    @Test("a manifest that names files outside its folder leads nowhere")
    func outside() throws {
        try withRun { folder in
            let file = Manifest.File(path: "../secret", format: "csv", rows: 0, bytes: 0, sha256: "")
            try Manifest(job: "x", businessDate: "2026-06-30", run: nil, files: [file]).write(toFolder: folder)
            #expect(try Manifest.verify(folder: folder).first == Manifest.Problem(.missing, "../secret"))
        }
    }

    @Test("a folder that is a link to a copy elsewhere is not the folder that was written")
    func linked() throws {
        try withRun { folder in
            let elsewhere = "\(folder)-elsewhere"
            #expect(rename("\(folder)/pages", elsewhere) == 0)
            defer { _ = rename(elsewhere, "\(folder)/pages") }
            #expect(symlink(elsewhere, "\(folder)/pages") == 0)
            let problems = try Manifest.verify(folder: folder)
            #expect(problems.map(\.description) == ["pages/index.html is missing", "pages is not in the manifest"])
            #expect(unlink("\(folder)/pages") == 0)
        }
    }

    @Test("no manifest, a damaged one and one of another version are told apart")
    func unreadable() throws {
        try withFolder { folder in
            #expect(failure(folder)?.code == .fileUnreadable)
            try put(Array("{\"version\": ".utf8), "\(folder)/manifest.json")
            #expect(failure(folder)?.code == .manifestMismatch)
            let later = "{\"version\":2,\"job\":\"n\",\"businessDate\":\"2026-06-30\",\"files\":[]}"
            try put(Array(later.utf8), "\(folder)/manifest.json")
            #expect(failure(folder)?.message.contains("version 2") == true)
        }
    }

    private func failure(_ folder: String) -> Failure? {
        #expect(throws: Failure.self) { try Manifest.verify(folder: folder) }
    }
}
