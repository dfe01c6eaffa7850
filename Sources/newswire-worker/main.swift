// newswire-worker: parses feeds and pages for newswired in a process without network or files. Internal: it speaks the
// worker protocol (docs/worker-protocol.md) on standard input and output. With --confine it becomes the program of a
// plugin.
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

if CommandLine.arguments.dropFirst().first == "--help" || isatty(0) == 1 {
  print(
    """
    newswire-worker parses feeds and pages for newswired and is started by it.

    It speaks the worker protocol on standard input and output; see docs/worker-protocol.md.
    To read a page or feed by hand, use: newswirectl extract --url URL FILE
    """)
  exit(CommandLine.arguments.dropFirst().first == "--help" ? 0 : 64)
}
if CommandLine.arguments.dropFirst().first == "--confine" {
  exit(Confinement.become(Array(CommandLine.arguments.dropFirst(2))))
}
var worker = WorkerLoop(faults: CommandLine.arguments.contains("--faults"))
exit(worker.run(version: newswireVersion))
