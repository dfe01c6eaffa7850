// swift-tools-version: 6.2
// The house, one target a room. Dependencies point one way: values and formats know none of the mechanisms, Ingest
// knows all that fetching and publishing need, the executables only wire.
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The program of a plugin, beside its plugin.toml; `make build` puts it there.
func plugin(_ id: String) -> Target {
  .executableTarget(
    name: id, dependencies: ["NewswirePlugin"], path: "Plugins/\(id)/Sources", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: settings)
}

let package = Package(
  name: "newswire",
  products: [
    .executable(name: "newswired", targets: ["newswired"]),
    .executable(name: "newswire-worker", targets: ["newswire-worker"]),
    .executable(name: "newswirectl", targets: ["newswirectl"]),
    .executable(name: "newswire-forward", targets: ["newswire-forward"]),
    .library(name: "NewswireQueue", targets: ["NewswireQueue"]),
    .library(name: "NewswirePlugin", targets: ["NewswirePlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CPSL", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CTreeMemory", dependencies: ["CXML2"]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CNats", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
    .systemLibrary(name: "CSandbox", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),

    // Values and formats: no I/O, but that Dates reads the system's time zones and TOML the files of settings.
    module("Values"),
    module("Dates", ["Values"]),
    module("TOML", ["Values"]),
    module("Scheduling", ["Values", .product(name: "HeapModule", package: "swift-collections")]),
    module("Markup", ["CTreeMemory", "CXML2", "Values"]),
    module("Feeds", ["Dates", "Markup", "Values"]),
    module("Articles", ["Values"]),
    module("Manifest", ["Articles", "Dates", "Markup", "TOML", "Values"]),
    module("Extraction", ["Articles", "Dates", "Manifest", "Markup", "Values"]),
    module("Authoring", ["Articles", "Dates", "Extraction", "Manifest", "Markup", "TOML", "Values"]),
    module("Forwarding", ["Values"]),

    // Mechanisms: each meets one part of the outside.
    module("Threads"),
    module("Digests", ["CCrypto"]),
    module("WorkerProtocol", ["Values"]),
    module(
      "Workers",
      [
        "Articles", "Authoring", "CSandbox", "CZlib", "Dates", "Extraction", "Feeds", "Manifest", "Markup", "TOML",
        "Threads",
        "Values", "WorkerProtocol",
      ]),
    module("Fetching", ["CCurl", "CPSL", "Threads", "Values"]),
    module("Push", ["CCrypto", "Threads", "Values"]),
    // libpq is loaded when a database server is named; nothing is linked.
    module("PostgreSQL", ["Values"]),
    module("Store", ["CSQLite", "Digests", "PostgreSQL", "Values"]),
    module("Queue", ["Digests", "Threads", "Values"]),
    module("Publication", ["Digests", "Queue", "Store", "Values"]),
    module("PageCache", ["CZlib", "Digests", "Values"]),
    module("Service", ["CSystemd", "Threads", "Values"]),
    module("Configuration", ["PostgreSQL", "TOML"]),
    module("Fleet", ["PostgreSQL", "Store", "Threads", "Values"]),
    module("JetStream", ["CNats", "Threads"]),

    // For consumers in Swift.
    module("NewswireQueue", ["Queue", "Threads", "Values"]),

    // For plugins in Swift, and those that ship with a program of their own.
    module("NewswirePlugin", ["Articles", "Values", "WorkerProtocol"]),
    plugin("tagesschau"),

    // The pipeline.
    module(
      "Ingest",
      [
        "Articles", "Configuration", "Dates", "Digests", "Feeds", "Fetching", "Fleet", "Manifest",
        "PageCache", "PostgreSQL", "Publication", "Push", "Queue", "Scheduling", "Service", "Store", "Threads",
        "TOML", "Values", "Workers",
      ]),

    // Programs.
    program(
      "newswired",
      [
        "Configuration", "Ingest", "Manifest", "Service", "TOML", "Values", "Workers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    program("newswire-worker", ["Values", "Workers"]),
    program(
      "newswirectl",
      [
        "Articles", "Authoring", "Configuration", "Dates", "Digests", "Extraction", "Feeds", "Fleet", "Ingest",
        "Manifest", "PostgreSQL", "Queue",
        "Service", "Store", "Threads", "TOML", "Values",
        "Workers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // A consumer of the queue like any other; it knows nothing of the pipeline.
    program(
      "newswire-forward",
      [
        "Configuration", "Forwarding", "JetStream", "Manifest", "NewswireQueue", "Service", "TOML", "Threads", "Values",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),

    // One suite a module; System holds what needs the whole program.
    tests("Values", []),
    tests("Dates", ["Values"]),
    tests("TOML", []),
    tests("Scheduling", ["Values"]),
    tests("Markup", ["CXML2", "Values"]),
    tests("Feeds", ["Dates", "Values"]),
    tests("Articles", ["Values"]),
    tests("Manifest", ["TOML", "Values"]),
    tests("Extraction", ["Articles", "Dates", "Manifest", "Markup", "TOML", "Values"]),
    tests("Authoring", ["Articles", "Extraction", "Manifest", "TOML", "Values"]),
    tests("Forwarding", ["Values"]),
    tests("Threads", []),
    tests("WorkerProtocol", ["Values"]),
    tests("Workers", ["Manifest", "Values", "WorkerProtocol"]),
    tests("NewswirePlugin", ["Articles", "Values", "tagesschau"]),
    tests("Fetching", ["Values"]),
    tests("Push", ["Threads"]),
    tests("PostgreSQL", ["PostgresServer"]),
    tests("Store", ["PostgreSQL", "PostgresServer", "Values"]),
    tests("Fleet", ["PostgreSQL", "PostgresServer", "Store", "Values"]),
    tests("Digests", []),
    tests("Queue", ["Digests", "Values"]),
    tests("NewswireQueue", ["Queue", "Values"]),
    tests("Service", ["Values"]),
    tests("Configuration", ["TOML"]),
    tests("PageCache", ["Values"]),
    tests("Publication", ["DrillWorld", "PostgreSQL", "PostgresServer", "Queue", "Store", "Threads", "Values"]),
    tests(
      "Ingest",
      [
        "Articles", "Configuration", "Extraction", "Feeds", "Fetching", "Manifest", "Queue", "Scheduling", "Service",
        "Store", "TOML", "Values", "Workers",
      ]),

    // A PostgreSQL server of its own for a run of tests.
    .target(name: "PostgresServer", path: "Tests/PostgresServer", swiftSettings: settings),

    // A small newspaper and its consumer over the real publishing code, to be killed, starved and cut off: for the
    // system tests and the benchmarks.
    .target(
      name: "DrillWorld", dependencies: ["Publication", "Queue", "Store", "Values"], path: "Tests/DrillWorld",
      swiftSettings: settings),
    .executableTarget(
      name: "queue-drill", dependencies: ["Digests", "DrillWorld", "Publication", "Queue", "Store", "Values"],
      path: "Tests/Drill", swiftSettings: settings),
    // The consumer that docs/queue.md shows.
    .executableTarget(
      name: "example-consumer", dependencies: ["NewswireQueue"], path: "docs/examples/swift", swiftSettings: settings),
    tests("newswirectl", ["Fleet", "Service", "Values"]),
  ]
)
