import Extraction
import Values
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The worker's end: says hello, then answers one job after the other until its input ends.
public struct WorkerLoop {
  private var channel: FrameChannel
  private var runner: JobRunner

  /// `faults` makes jobs whose body holds certain words crash, hang or eat memory: for testing the daemon's handling.
  public init(input: Int32 = 0, output: Int32 = 1, faults: Bool = false) {
    channel = FrameChannel(input: input, output: output)
    runner = JobRunner(faults: faults)
  }

  /// Loads what needs files, then shuts the door, then works. Returns the exit status.
  public mutating func run(version: String, sandboxed: Bool = true) -> Int32 {
    prepareExtraction()
    var missing: [String] = []
    if sandboxed { missing = Sandbox.apply().missing }
    let hello = JSONObject([
      ("type", "hello"), ("protocol", JSON(Frame.protocolVersion)), ("name", "newswire-worker"),
      ("version", .string(version)), ("capabilities", ["parse", "extract"]),
      ("sandbox_missing", .array(missing.map { .string($0) })),
    ])
    do throws(ChannelError) {
      try channel.write(Frame(hello), deadline: nil)
      while let frame = try channel.read(deadline: nil) {
        if let answer = runner.answer(frame) { try channel.write(answer, deadline: nil) }
      }
      return 0
    } catch {
      // The daemon is gone or speaks another protocol; either way there is nobody to tell.
      return 1
    }
  }
}
