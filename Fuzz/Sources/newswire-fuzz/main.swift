// newswire-fuzz TARGET [libFuzzer's options and folders]
//
// Each target reads one kind of input from the internet, and traps where what comes out breaks a promise. A finding is
// left by libFuzzer as crash-…; it becomes a test in the module's suite.
import CFuzzer
import Glibc

let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32] = [
  "feeds": { data, count in
    FeedsTarget.run(UnsafeBufferPointer(start: data, count: count))
    return 0
  },
  "html": { data, count in
    HTMLTarget.run(UnsafeBufferPointer(start: data, count: count))
    return 0
  },
]

guard CommandLine.arguments.count > 1, let target = targets[CommandLine.arguments[1]] else {
  let usage = "usage: newswire-fuzz \(targets.keys.sorted().joined(separator: "|")) [libFuzzer's options and folders]\n"
  _ = usage.withCString { write(2, $0, strlen($0)) }
  exit(64)
}
// libFuzzer sees its own arguments only.
var pointers = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
var count = Int32(pointers.count - 1)
let status = pointers.withUnsafeMutableBufferPointer { buffer -> Int32 in
  var arguments = buffer.baseAddress
  return LLVMFuzzerRunDriver(&count, &arguments, target)
}
exit(status)
