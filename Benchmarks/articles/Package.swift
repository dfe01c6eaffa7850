// swift-tools-version: 6.2
// Measures the extractor. A package of its own, so that the project's build knows nothing of it; the modules are the
// project's, through links, since a program's modules are no products that another package could use.
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "article-bench",
  targets: [
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CTreeMemory", dependencies: ["CXML2"]),
    .target(name: "Values", swiftSettings: settings),
    .target(name: "Dates", dependencies: ["Values"], swiftSettings: settings),
    .target(name: "TOML", dependencies: ["Values"], swiftSettings: settings),
    .target(name: "Markup", dependencies: ["CTreeMemory", "CXML2", "Values"], swiftSettings: settings),
    .target(name: "Articles", dependencies: ["Values"], swiftSettings: settings),
    .target(
      name: "Manifest", dependencies: ["Articles", "Dates", "Markup", "TOML", "Values"], swiftSettings: settings),
    .target(
      name: "Extraction", dependencies: ["Articles", "Dates", "Manifest", "Markup", "Values"], swiftSettings: settings),
    .executableTarget(
      name: "article-bench", dependencies: ["Articles", "Extraction", "Manifest", "Markup", "Values"],
      swiftSettings: settings),
  ]
)
