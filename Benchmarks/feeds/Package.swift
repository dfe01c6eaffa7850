// swift-tools-version: 6.2
// Measures and fuzzes the feed reader. A package of its own, so that the project's build knows nothing of it; the
// modules are the project's, through links, since a program's modules are no products that another package could use.
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "feed-bench",
  targets: [
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CTreeMemory", dependencies: ["CXML2"]),
    .target(name: "Values", swiftSettings: settings),
    .target(name: "Dates", dependencies: ["Values"], swiftSettings: settings),
    .target(name: "Markup", dependencies: ["CTreeMemory", "CXML2", "Values"], swiftSettings: settings),
    .target(name: "Feeds", dependencies: ["CXML2", "Dates", "Markup", "Values"], swiftSettings: settings),
    .executableTarget(name: "feed-bench", dependencies: ["Feeds", "Markup", "Values"], swiftSettings: settings),
  ]
)
