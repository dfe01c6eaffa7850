// swift-tools-version: 6.2
// Fuzzes what reads bytes from the internet, guided by coverage (libFuzzer). A package of its own, because every module
// is built with the fuzzer's instrumentation; the modules are the project's, through links. run.sh builds and starts
// it.
import PackageDescription

// libFuzzer without a main function of its own, as the Swift toolchain brings it; run.sh finds it.
let fuzzer = Context.environment["FUZZER_LIBRARY"] ?? "libclang_rt.fuzzer_no_main.a"

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  // Optimised, with assertions: what is assumed is checked.
  .unsafeFlags(["-sanitize=fuzzer", "-assert-config", "Debug"]),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "newswire-fuzz",
  targets: [
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CTreeMemory", dependencies: ["CXML2"]),
    .target(name: "CFuzzer"),
    module("Values"),
    module("Dates", ["Values"]),
    module("TOML", ["Values"]),
    module("Markup", ["CTreeMemory", "CXML2", "Values"]),
    module("Feeds", ["Dates", "Markup", "Values"]),
    module("Articles", ["Values"]),
    module("Manifest", ["Articles", "Dates", "Markup", "TOML", "Values"]),
    module("Extraction", ["Articles", "Dates", "Manifest", "Markup", "Values"]),
    .executableTarget(
      name: "newswire-fuzz",
      dependencies: ["Articles", "CFuzzer", "Dates", "Extraction", "Feeds", "Manifest", "Markup", "Values"],
      swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-Xlinker", fuzzer]), .linkedLibrary("stdc++"), .linkedLibrary("m")]),
  ]
)
