import Values
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// One running worker and the channel to it. Confined to one thread; every call blocks at most until its deadline.
final class WorkerProcess {
  private let child: ChildProcess
  private var channel: FrameChannel

  var pid: pid_t { child.pid }

  /// Starts `program` and waits for its hello.
  init(program: String, arguments: [String], startLimit: Double) throws(JobError) {
    do throws(JobError) {
      // A worker that floods standard error must not come to wait for a reader.
      child = try ChildProcess(program: program, arguments: arguments, environment: [], waits: false)
    } catch {
      throw JobError(error.code, error.message, hint: "set [workers] program to the path of newswire-worker")
    }
    channel = FrameChannel(input: child.channel, output: child.channel)
    let hello: Frame?
    do throws(ChannelError) {
      hello = try channel.read(deadline: MonotonicClock.seconds() + startLimit)
    } catch {
      throw failure(error, "starting", limit: startLimit)
    }
    guard let hello, hello.type == "hello" else { throw failure(.closed, "starting", limit: startLimit) }
    let version = hello.header["protocol"]?.integer ?? 0
    guard version == Frame.protocolVersion else {
      throw JobError(
        .unavailable, "\(program) speaks worker protocol \(version), this newswired \(Frame.protocolVersion)",
        hint: "install newswired and newswire-worker of the same version")
    }
  }

  /// Sends a message that has no answer.
  func tell(_ frame: Frame, limit: Double) throws(JobError) {
    do throws(ChannelError) {
      try channel.write(frame, deadline: MonotonicClock.seconds() + limit)
    } catch {
      throw failure(error, "taking its settings", limit: limit)
    }
  }

  /// Sends a job and waits for its answer.
  func ask(_ frame: Frame, limit: Double) throws(JobError) -> Frame {
    let deadline = MonotonicClock.seconds() + limit
    do throws(ChannelError) {
      try channel.write(frame, deadline: deadline)
      guard let answer = try channel.read(deadline: deadline) else { throw ChannelError.closed }
      return answer
    } catch {
      throw failure(error, "at work", limit: limit)
    }
  }

  /// Ends the worker and everything it started. May be called twice.
  func stop() { child.stop() }

  /// Turns a broken channel into an error that says how the worker ended.
  private func failure(_ error: ChannelError, _ doing: String, limit: Double) -> JobError {
    switch error {
    case .deadline:
      return JobError(.timedOut, "worker \(pid) was still \(doing) after \(Int(limit)) s and was killed")
    case .malformed(let reason):
      return JobError(.protocolViolation, "worker \(pid) broke the protocol: \(reason)")
    case .closed, .system:
      let words = lastWords()
      guard let status = child.waitForEnd() else { return JobError(.crashed, "worker \(pid) closed its channel") }
      let message = "worker \(pid) \(ChildProcess.phrase(for: status)) while \(doing)"
      return JobError(.crashed, words.isEmpty ? message : message + " (\(words))")
    }
  }

  /// The first line the worker wrote to standard error.
  private func lastWords() -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(child.diagnostics, &bytes, bytes.count)
    guard count > 0 else { return "" }
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    return String((lines.first ?? "").prefix(200))
  }
}
