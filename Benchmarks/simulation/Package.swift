// swift-tools-version: 6.2 Thirty days of five thousand news sources in a minute, with the daemon's own scheduling
// code. A package of its own, so that the project's build knows nothing of it; the modules are the project's, through
// links.
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "simulation",
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    .target(name: "Values", swiftSettings: settings),
    .target(
      name: "Scheduling", dependencies: ["Values", .product(name: "HeapModule", package: "swift-collections")],
      swiftSettings: settings),
    .executableTarget(name: "simulate", dependencies: ["Scheduling", "Values"], swiftSettings: settings),
  ]
)
