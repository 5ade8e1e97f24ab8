// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, strict imports, warnings are errors (docs/architecture.md).
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency], embed: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: embed.map { .embedInCode($0) }, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "mainspring",
    products: [.executable(name: "mainspring", targets: ["MainspringCommand"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries: a module map and a shim header each.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCSV", providers: [.apt(["libcsv-dev"])]),
        .systemLibrary(name: "CLibXLSXWriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CMiniZip", providers: [.apt(["libminizip-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Arrows run one way, downwards in this list; Tests/TidyTests holds the code to it.
        library("Diagnostics", []),
        library("Money", ["Diagnostics"]),
        library("Postgres", ["CLibPQ", "Diagnostics", logging]),
        library(
            "Tabular",
            ["CLibCSV", "CLibXLSXWriter", "CLibCrypto", "CMiniZip", "CZlib", "CZstd", "CLinux", "Diagnostics", "Money"]),
        library("Configuration", ["Diagnostics", yams]),
        library("Schema", ["Configuration", "Postgres", "Money", "Diagnostics"], embed: ["SQL"]),
        library("Marketplace", ["Schema", "Postgres", "Diagnostics"], embed: ["SQL"]),
        library(
            "Reconciliation", ["Schema", "Configuration", "Postgres", "Tabular", "Money", "Diagnostics"],
            embed: ["SQL"]),
        library(
            "Reporting", ["Schema", "Configuration", "Postgres", "Tabular", "Money", "Diagnostics", mustache],
            embed: ["Templates"]),
        library(
            "Jobs",
            [
                "Reconciliation", "Reporting", "Marketplace", "Schema", "Configuration", "Postgres", "Tabular",
                "Money", "Diagnostics", logging,
            ], embed: ["SQL"]),
        library("Demo", ["Schema", "Postgres", "Tabular", "Money", "Diagnostics"], embed: ["SQL"]),
        .executableTarget(
            name: "MainspringCommand",
            dependencies: [
                "Jobs", "Demo", "Reconciliation", "Reporting", "Marketplace", "Schema", "Configuration", "Postgres",
                "Tabular", "Money", "Diagnostics", argumentParser, logging,
            ], swiftSettings: strict),

        // A real PostgreSQL for the tests: one throw-away cluster a run, a database copied from a template a test.
        .target(
            name: "TestSupport", dependencies: ["Schema", "Postgres", "Configuration", "Diagnostics"],
            path: "Tests/Support", swiftSettings: strict),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("MoneyTests", ["Money"]),
        tests("PostgresTests", ["Postgres", "TestSupport"]),
        tests("TabularTests", ["Tabular", "Money", "TestSupport"]),
        tests("ConfigurationTests", ["Configuration"]),
        tests("SchemaTests", ["Schema", "TestSupport"]),
        tests("MarketplaceTests", ["Marketplace", "TestSupport"]),
        tests("ReconciliationTests", ["Reconciliation", "Demo", "Schema", "TestSupport"]),
        tests("ReportingTests", ["Reporting", "TestSupport"]),
        tests("JobsTests", ["Jobs", "Reconciliation", "TestSupport"]),
        tests("DemoTests", ["Demo", "TestSupport"]),
        tests("EndToEndTests", ["TestSupport", "MainspringCommand", "Tabular"]),
        tests("TidyTests", []),
        tests(
            "DocsTests",
            [
                "MainspringCommand", "Jobs", "Reconciliation", "Reporting", "Schema", "Configuration", "Postgres",
                "Tabular", "Money", "Diagnostics", "TestSupport", argumentParser,
            ]),
    ]
)
