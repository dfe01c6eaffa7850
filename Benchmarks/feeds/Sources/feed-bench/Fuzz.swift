enum Fuzz {
  static func run(seed: UInt64, count: Int, paths: [String]) {}
}
