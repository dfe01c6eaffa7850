// newswire-worker: parses feeds and pages for newswired in a process without network or files. Internal: it speaks the
// worker protocol (docs/worker-protocol.md) on standard input and output.
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

if CommandLine.arguments.contains("--help") || isatty(0) == 1 {
  print(
    """
    newswire-worker parses feeds and pages for newswired and is started by it.

    It speaks the worker protocol on standard input and output; see docs/worker-protocol.md.
    To read a page or feed by hand, use: newswirectl extract --url URL FILE
    """)
  exit(CommandLine.arguments.contains("--help") ? 0 : 64)
}
var worker = WorkerLoop(faults: CommandLine.arguments.contains("--faults"))
exit(worker.run(version: newswireVersion))
