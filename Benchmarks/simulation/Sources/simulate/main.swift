import Scheduling

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

let help = """
  usage: simulate [--sources N] [--days N] [--seed N] [--patience SECONDS] [--plot FILE]

  Lets three ways of polling run through the same invented month of news sources and prints what each achieves: how long
  after its publication an item is found, for how many requests. Prints Markdown; the plot is SVG.

  EXAMPLE
    simulate --plot docs/polling.svg

  """

var (count, days, seed, patience, plot) = (5000, 30, UInt64(1), Cadence.usualPatience, String?.none)
var arguments = CommandLine.arguments.dropFirst()
func fail(_ message: String) -> Never {
  let text = "simulate: \(message)\n\n\(help)"
  _ = write(2, text, text.utf8.count)
  exit(64)
}
while let name = arguments.popFirst() {
  if name == "--help" || name == "-h" {
    print(help, terminator: "")
    exit(0)
  }
  guard let value = arguments.popFirst() else { fail("\(name) needs a value") }
  switch name {
  case "--sources":
    if let number = Int(value), number > 0 { count = number } else { fail("\(value) is no number of sources") }
  case "--days":
    if let number = Int(value), (1...365).contains(number) {
      days = number
    } else {
      fail("\(value) is no number of days")
    }
  case "--seed": if let number = UInt64(value) { seed = number } else { fail("\(value) is no seed") }
  case "--patience":
    if let number = Double(value), number > 0 { patience = number } else { fail("\(value) are no seconds") }
  case "--plot": plot = value
  default: fail("unknown option \(name)")
  }
}

let world = World(sources: count, days: days, seed: seed)
let cadence = Cadence(minInterval: 300, maxInterval: 7200, retry: 300, patience: patience)
let results = [
  run(FixedPolling(), world, seed: seed), run(EntryFrequency(), world, seed: seed),
  run(Newswire(cadence: cadence), world, seed: seed),
]
print("\(count) sources, \(days) days, seed \(seed), \(results[0].items) items\n")
print(Report.table(results))
if let plot {
  let file = fopen(plot, "w")
  guard let file, fputs(Report.plot(results), file) >= 0, fclose(file) == 0 else { fail("cannot write \(plot)") }
}
