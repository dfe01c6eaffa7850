public import Manifest
import Markup
import Values

/// Runs jobs in the caller's own process, with the same result as a worker and without its protection: for offline
/// verbs on a machine where newswire-worker is not at hand. Not Sendable; one thread uses it.
public final class InlineWorker {
  private var conversation: Conversation
  private var runner = JobRunner()

  public init(catalogue: Catalogue) {
    prepareMarkup()
    conversation = Conversation(catalogue: catalogue)
  }

  /// The JSON text that a worker would answer.
  public func text(_ job: Job) throws(JobError) -> [UInt8] {
    let (settings, message, id) = try conversation.messages(for: job)
    for setting in settings { _ = runner.answer(setting) }
    guard let answer = runner.answer(message) else { preconditionFailure("a job has an answer") }
    return try Conversation.result(of: answer, id: id, worker: "this process")
  }
}
