// feed-bench: how fast the feed reader is, and whether damaged feeds can bring it down.
//
//   feed-bench speed SECONDS PATH…   reads each file, or all files of each folder, over and over for that long
//   feed-bench json SECONDS PATH…    the same, and writes the result as JSON Feed
//   feed-bench dump PATH…            reads each file once and prints it as JSON Feed, a line each
//   feed-bench allocations PATH…     counts allocations (with LD_PRELOAD=count.so)
//   feed-bench memory PATH…          checks that each file costs at most eight times its size and 16 MB
//   feed-bench fuzz SEED COUNT PATH… mutates these files COUNT times and reads what comes out
import Glibc

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "speed", "json":
  guard arguments.count > 2, let seconds = Double(arguments.dropFirst().first!) else { usage() }
  for path in arguments.dropFirst(2) {
    Speed.measure(path, atLeast: seconds, writingJSON: arguments.first == "json")
  }
case "dump":
  for path in arguments.dropFirst() { Speed.dump(path) }
case "allocations":
  for path in arguments.dropFirst() { Memory.countAllocations(path) }
case "memory":
  if arguments.dropFirst().filter({ !Memory.measure($0) }).count > 0 { exit(1) }
case "fuzz":
  guard arguments.count > 3, let seed = UInt64(arguments.dropFirst().first!),
    let count = Int(arguments.dropFirst(2).first!)
  else { usage() }
  Fuzz.run(seed: seed, count: count, paths: Array(arguments.dropFirst(3)))
default: usage()
}

func usage() -> Never {
  print(
    "usage: feed-bench speed|json SECONDS PATH… | feed-bench dump|allocations|memory PATH… | feed-bench fuzz SEED COUNT PATH…"
  )
  exit(64)
}
