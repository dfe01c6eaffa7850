/// What an event means to the person who reads it: the text behind `journalctl -x`.
public struct EventExplanation: Sendable, Equatable {
  /// A headline of a few words.
  public let subject: String
  /// What happened and what the daemon does about it.
  public let meaning: String
  /// What the reader should do.
  public let remedy: String

  init(_ subject: String, _ meaning: String, _ remedy: String) {
    (self.subject, self.meaning, self.remedy) = (subject, meaning, remedy)
  }
}

private let nothingToDo = "Nothing needs to be done."

extension EventKind {
  public var explanation: EventExplanation {
    switch self {
    case .daemonStarted:
      EventExplanation(
        "Newswire has started",
        "The daemon has started and reads its configuration. It is not ready yet: state and queue are recovered "
          + "first.",
        nothingToDo)
    case .daemonReady:
      EventExplanation(
        "Newswire is ready",
        "Configuration, state and queue are in order and the control socket answers. Fetching begins.",
        "Nothing needs to be done. 'newswirectl status' shows what is due.")
    case .daemonReloaded:
      EventExplanation(
        "The configuration was read again",
        "The new configuration and plugins are in force. Sources that stayed the same keep their schedule.",
        nothingToDo)
    case .daemonPaused:
      EventExplanation(
        "Fetching was paused by an operator",
        "Nothing is fetched by itself until it is resumed; 'newswirectl fetch' still fetches what it is asked for. "
          + "What was already fetched is still published.",
        "Go on with 'newswirectl resume'.")
    case .daemonResumed:
      EventExplanation(
        "Fetching was resumed by an operator",
        "Sources that fell due in the meantime are fetched now, one after the other.",
        nothingToDo)
    case .daemonStopping:
      EventExplanation(
        "Newswire is stopping",
        "Nothing new is begun. Running transfers are finished or cut off after the grace period, and fetched "
          + "articles are published.",
        nothingToDo)
    case .daemonStopped:
      EventExplanation(
        "Newswire has stopped",
        "All work was put away. What was discovered and not yet published is taken up again at the next start.",
        nothingToDo)
    case .daemonFailed:
      EventExplanation(
        "Newswire cannot go on",
        "The daemon met a fault that it cannot work around, and ends. The message says which, the exit status "
          + "of what class.",
        "Remove the cause that the message names, then start the service again.")
    case .watchdogStalled:
      EventExplanation(
        "A loop of the daemon stands still",
        "A part of the daemon has made no progress since the last watchdog ping, so the ping is withheld. If "
          + "that lasts, systemd aborts the daemon and starts it again.",
        "If it happens again, report it with the core dump ('coredumpctl info newswired') and the log before it.")
    case .logLost:
      EventExplanation(
        "Log records were lost",
        "Records came faster than the log could take them, or the log file could not be written. The daemon does not "
          + "wait for its log; it tries the file again every ten seconds.",
        "Look for a full disk, a reader that stands still, or a log file or folder that the daemon may not write to.")
    case .configLoaded:
      EventExplanation(
        "The configuration was read",
        "The configuration and its drop-ins were read and found in order.",
        nothingToDo)
    case .configRefused:
      EventExplanation(
        "The configuration was refused",
        "The configuration holds an error. At the start the daemon ends with status 78; at a reload it goes on "
          + "with the configuration it has.",
        "Correct the file at the place named in the message, then start or reload the service.")
    case .configUnused:
      EventExplanation(
        "A setting does nothing",
        "The configuration names a plugin that is not there. In [publishers] only that plugin is missed and the others "
          + "run; in [publishers] disabled and [fetch] proxies nothing is switched off and no way is changed by it. Or "
          + "a folder of plugins is not there, or a list of disabled plugins leaves out names that the list of a file "
          + "before it has, which are fetched then.",
        "Correct what stands at the place in the message, or take it out, then 'systemctl reload newswired'.")
    case .pluginLoaded:
      EventExplanation(
        "A plugin was read",
        "The publisher's plugin was read and found in order; its sources are scheduled.",
        nothingToDo)
    case .pluginRefused:
      EventExplanation(
        "A plugin was refused",
        "The publisher's plugin.toml holds an error or cannot be read. Its sources are not fetched; all other publishers "
          + "are. 'newswirectl status' and 'newswirectl health' say so until it is mended.",
        "Correct the file at the place named in the message, then 'systemctl reload newswired'.")
    case .pluginBroken:
      EventExplanation(
        "A plugin's rules find nothing any more",
        "Rules for fields that every article has, or that these rules used to find, gave nothing on several pages in a row: the publisher has changed its layout. What the generic extractor finds is published instead.",
        "Save one of the pages, look at 'newswirectl extract --rules --url URL page.html', correct the plugin, then 'systemctl reload newswired'."
      )
    case .feedFetched:
      EventExplanation(
        "A feed was fetched",
        "The source answered with a feed, which was read. The message counts its items and the new ones among them.",
        nothingToDo)
    case .feedUnchanged:
      EventExplanation(
        "A feed was unchanged",
        "The source answered that nothing changed since the last fetch, or sent the same bytes.",
        nothingToDo)
    case .feedFailed:
      EventExplanation(
        "A feed could not be fetched",
        "The source did not answer, or answered with an error. It is tried again later, with growing distance.",
        "If it lasts, open the address in a browser; the publisher may have moved the feed. Then correct the plugin.")
    case .feedRefused:
      EventExplanation(
        "A feed could not be read",
        "The source answered, but with something that is not a feed, or a feed beyond repair.",
        "Look at the answer with 'newswirectl parse'; the address may lead to a page or a block notice now.")
    case .feedRepaired:
      EventExplanation(
        "A damaged feed was repaired",
        "The feed broke its format's rules. What it meant was clear enough to read it nevertheless; the message "
          + "says what was repaired.",
        nothingToDo)
    case .feedMoved:
      EventExplanation(
        "A feed has moved for good",
        "The source answered with a permanent redirect. The new address is used from now on.",
        "Put the new address into the plugin when convenient.")
    case .feedMuted:
      EventExplanation(
        "A feed is gone for good",
        "The source answered 410 Gone. It is not fetched again, as the publisher asks.",
        "Find the publisher's present feed and put it into the plugin, or remove the source.")
    case .feedEmpty:
      EventExplanation(
        "A feed has been empty for long",
        "A source that used to bring items has brought none for much longer than its rhythm.",
        "Open the address in a browser; the publisher may have left the feed behind. Then correct the plugin.")
    case .feedFound:
      EventExplanation(
        "A home page's feed was found",
        "The source names a home page, and the page names a feed. The feed is read from now on.",
        "Nothing needs to be done. To choose another of the page's feeds, name it in the plugin as kind \"rss\".")
    case .sourceBackoff:
      EventExplanation(
        "A source is being left alone for a while",
        "Fetching the source failed several times in a row, or its server asked for patience. The message says "
          + "until when it is left alone.",
        "Nothing needs to be done if it ends by itself. 'newswirectl fetch PUBLISHER' tries at once.")
    case .sourceRecovered:
      EventExplanation(
        "A source answers again",
        "The source failed before and was fetched now. Its usual rhythm applies again.",
        nothingToDo)
    case .publisherSilent:
      EventExplanation(
        "A publisher is silent against its habit",
        "No article has come for hours that brought some on every day known, in the last four weeks or as many as are "
          + "known.",
        "See 'newswirectl explain PUBLISHER', and open its site: if it has news, the feed or the plugin's filter is at "
          + "fault.")
    case .publisherDegraded:
      EventExplanation(
        "A publisher's articles are worse than usual",
        "The last articles come without their text, or with fewer fields than this publisher's articles usually have. "
          + "Its pages have probably changed.",
        "Save a page and check the plugin's rules with 'newswirectl extract --url URL FILE'.")
    case .publisherUsual:
      EventExplanation(
        "A publisher is as usual again",
        "What was told of the publisher before has passed: articles come again, or as good as they used to be.",
        nothingToDo)
    case .articleDiscovered:
      EventExplanation(
        "A new item was discovered",
        "A feed names an item that was not seen before. It is recorded, and its page is fetched next.",
        nothingToDo)
    case .pageFetched:
      EventExplanation(
        "An article's page was fetched",
        "The page of a discovered item was fetched and goes to extraction.",
        nothingToDo)
    case .pageRetry:
      EventExplanation(
        "An article's page is tried again later",
        "The page could not be fetched now. The item waits, and the message says when the page is tried again.",
        nothingToDo)
    case .pageFailed:
      EventExplanation(
        "An article's page was given up",
        "The page failed as often as it may. The item is published from the feed's own text, marked partial, if "
          + "there is any, and completed when a later look at the page finds it.",
        "If many pages of a publisher fail, open one in a browser; the publisher may block or have moved them.")
    case .articlePublished:
      EventExplanation(
        "An article was published",
        "The article is durably in the queue, where consumers can take it.",
        nothingToDo)
    case .articleUpdated:
      EventExplanation(
        "A changed article was published again",
        "The publisher changed the article. It is in the queue again with the same URI and the next version.",
        nothingToDo)
    case .articleUnchanged:
      EventExplanation(
        "An article is unchanged",
        "The page was fetched again, and nothing is published: its content is the same, or another address of the "
          + "article speaks for it.",
        nothingToDo)
    case .articlePartial:
      EventExplanation(
        "An article was published in part",
        "Only a part of the article could be had: the feed's text, a metered page, one without its text. It is marked partial "
          + "and may be updated.",
        "If it happens for all articles of a publisher, check the plugin's body rules with 'newswirectl extract'.")
    case .articleRefused:
      EventExplanation(
        "An article was refused",
        "What was extracted is not an article that may be published: no headline, no text, or over a limit.",
        "Check the plugin's rules with 'newswirectl extract --url URL FILE'.")
    case .articleWithdrawn:
      EventExplanation(
        "An article was withdrawn",
        "The page of a published article answers 404 or 410 now, and the plugin asks that this be told. The article's "
          + "next version, with pubStatus canceled, is in the queue.",
        nothingToDo)
    case .pluginReextracted:
      EventExplanation(
        "Kept pages were read again",
        "'newswirectl reextract' read the publisher's kept pages by the rules in use now. Articles that got better are "
          + "in the queue as their next version. No request went out.",
        "If articles got worse, see which with 'newswirectl reextract --dry-run' and correct the plugin's rules.")
    case .workerStarted:
      EventExplanation(
        "A worker was started",
        "A sandboxed process that parses feeds and pages was started.",
        nothingToDo)
    case .workerStopped:
      EventExplanation(
        "A worker was stopped",
        "A worker ended on request: after its share of jobs, or because there was nothing to do.",
        nothingToDo)
    case .workerCrashed:
      EventExplanation(
        "A worker crashed",
        "The process that parsed a feed or page died of it. That one document is lost; the worker is replaced.",
        "Keep the document at the address named in the record and report it: no input may crash a worker.")
    case .workerTimeout:
      EventExplanation(
        "A worker took too long",
        "A document was not parsed within its time. The worker was killed and replaced.",
        "If the same address returns, report it with the document.")
    case .workerLimit:
      EventExplanation(
        "A worker hit a limit",
        "A document needed more memory, time or output than a worker may use. It was refused.",
        "If the document is harmless, raise the limit that the message names in newswire.toml.")
    case .programStarted:
      EventExplanation(
        "A plugin's program has started",
        "A plugin that comes with a program of its own had work for it. It runs confined: without network, without "
          + "other processes, and with no files but its own folder.",
        nothingToDo)
    case .programLog:
      EventExplanation(
        "A plugin's program says something",
        "The program of a plugin wrote this line to standard error. Its level is the program's own choice.",
        "What it means is for the plugin's author to say.")
    case .programFailed:
      EventExplanation(
        "A plugin's program failed",
        "The program of a plugin died, took too long, or answered something that it may not. It was ended with all it "
          + "had started; it rests for a moment and is started again for the next job. Other publishers are not touched.",
        "If it happens again, tell the plugin's author, with the lines that the program wrote before.")
    case .programSuspended:
      EventExplanation(
        "A plugin's program is in quarantine",
        "The program failed several times in a row and is left alone, but for one attempt a day. Its publisher's pages "
          + "are read by the plugin's rules and the generic reader meanwhile; lists that only the program can read wait.",
        "Mend or update the plugin, then lift the quarantine with 'newswirectl plugin enable PLUGIN'.")
    case .programRecovered:
      EventExplanation(
        "A plugin's program works again",
        "The program did its job after failures before. It is trusted as at the start.",
        nothingToDo)
    case .queuePaused:
      EventExplanation(
        "Publishing is paused: the queue is full",
        "The queue directory has reached its limit of files or bytes, or the disk its floor. Fetching pauses "
          + "until consumers make room. Nothing is lost.",
        "Check that a consumer runs ('newswirectl status', 'newswirectl queue list') or raise the limit in "
          + "newswire.toml.")
    case .queueResumed:
      EventExplanation(
        "Publishing goes on",
        "The queue has room again. Fetching continues where it paused.",
        nothingToDo)
    case .queueRecovered:
      EventExplanation(
        "The queue was recovered",
        "The daemon had been interrupted while publishing or had found no room, or its queue was moved. The message says "
          + "what was completed; nothing was lost or published twice.",
        nothingToDo)
    case .queueError:
      EventExplanation(
        "The queue cannot be written",
        "Writing, syncing or renaming a file in the queue directory failed. Fetching pauses; what is not "
          + "published is kept and tried again.",
        "Check the disk and the permissions of the queue directory named in the message.")
    case .storeError:
      EventExplanation(
        "The state database failed",
        "Reading or writing the state database failed. Work that depends on it pauses and is tried again.",
        "Check the disk and the permissions of the state directory. If the database is damaged, stop the "
          + "service and restore it from a backup.")
    case .robotsRefused:
      EventExplanation(
        "An address is closed to robots",
        "The publisher's robots.txt asks not to fetch this address, or cannot be had.",
        "If the publisher allows it in some other way, say so in the plugin; else remove the source.")
    case .addressRefused:
      EventExplanation(
        "An address leads into a private network",
        "The address, or one it redirects to, resolves to a private or local network. Connections there are "
          + "refused, so that no feed can reach what only this machine may reach.",
        "If the source is meant to be internal, allow its network in newswire.toml.")
    case .groupHeld:
      EventExplanation(
        "A server asked for rest",
        "A server answered that it is asked too often, or asked to be left alone for a time (Retry-After). Nothing "
          + "of its rate group is fetched until then, whichever plugin wants it.",
        "If it happens often, raise gap or min_interval in the plugin's [fetch]. Where unrelated publishers share a "
          + "host, name the host in [fetch] separate_hosts.")
    case .loginWorked:
      EventExplanation(
        "Newswire has logged in at a publisher",
        "The login form was accepted, and its cookies are sent to the publisher's own hosts until they end.",
        nothingToDo)
    case .loginFailed:
      EventExplanation(
        "A login at a publisher does not work",
        "The credential that the plugin names cannot be read, or the publisher does not accept it. The form is tried "
          + "again later and later, so that the account is not locked.",
        "Correct the file in the credentials directory or the plugin's [login]; 'newswirectl fetch' tries it at once.")
    case .pushVerified:
      EventExplanation(
        "A hub has agreed to push",
        "The publisher's hub has verified the subscription and delivers what is new until the lease ends, which is "
          + "renewed before. Polls go on seldom, for safety.",
        nothingToDo)
    case .pushReceived:
      EventExplanation(
        "A hub has pushed",
        "A publisher's hub delivered a feed with a good signature; its items are treated like those of a poll.",
        nothingToDo)
    case .pushRefused:
      EventExplanation(
        "A push was refused",
        "Something came to the callback that is not what a hub with a subscription sends: a wrong signature, another "
          + "topic, too much. Nothing of it was used.",
        "If it happens often, look at who may reach the callback's address. Polls do not depend on it.")
    case .pushFailed:
      EventExplanation(
        "Pushes of a source do not work",
        "The hub refused the subscription or did not come to verify it, or a poll found something that should have "
          + "been pushed. Polls go on as without a hub.",
        "Check that hubs reach [push] url. 'newswirectl explain' shows the subscription.")
    case .networkDown:
      EventExplanation(
        "The network seems to be down",
        "Many unrelated publishers failed at the same time. Fetching pauses and single probes are sent; no "
          + "source is blamed.",
        "Check the machine's network and name resolution.")
    case .networkUp:
      EventExplanation(
        "The network is back",
        "A probe succeeded. Sources that fell due in the meantime are fetched with some distance.",
        nothingToDo)
    case .clockStepped:
      EventExplanation(
        "The machine's clock was set",
        "The clock moved by more than half a minute against the time since boot. Everything planned keeps its distance "
          + "from now; names in the queue only grow all the same.",
        "Nothing needs to be done if it happens once. If it happens again, check time synchronisation.")
    case .fleetJoined:
      EventExplanation(
        "This node joined the fleet",
        "Its leases come with the next beats; sources are fetched by the node that holds the lease of their "
          + "rate group.",
        nothingToDo)
    case .fleetCutOff:
      EventExplanation(
        "The state database has not answered for the time of a lease",
        "This node stopped fetching, and other nodes take its rate groups over. Articles that are in the "
          + "queue are not touched.",
        "Check that the server of [state] url runs and can be reached from here.")
    case .fleetBack:
      EventExplanation(
        "The state database answers again",
        "Leases that no other node took meanwhile go on; what fell due is fetched.",
        nothingToDo)
    case .fleetDrained:
      EventExplanation(
        "This node is being emptied, or is no longer",
        "An operator asked for it with newswirectl drain. An empty node fetches nothing and can be stopped.",
        "Undo it with 'newswirectl drain NODE --undo'.")
    case .fleetOusted:
      EventExplanation(
        "Another process lives under this node's name",
        "Two machines, or two state directories, have the same [fleet] node. This one fetches nothing while "
          + "the other beats.",
        "Give each machine a name of its own with [fleet] node.")
    case .fleetGone:
      EventExplanation(
        "Another node no longer beats",
        "Its rate groups are taken over by the nodes that are left. What it had in its own queue is published "
          + "when it comes back.",
        "Look at that machine; 'newswirectl fleet' shows all nodes.")
    case .fleetSkew:
      EventExplanation(
        "The clock differs from the database's",
        "Leases do not depend on it. Times in articles and the plans that this node makes are off by the "
          + "difference.",
        "Let a time service (systemd-timesyncd, chrony) set the clock.")
    case .leaseGained:
      EventExplanation(
        "A rate group is this node's to fetch from",
        "Its sources are in the schedule from now on, due when the node before had planned them.",
        nothingToDo)
    case .leaseLost:
      EventExplanation(
        "A rate group is another node's to fetch from",
        "Its sources have left the schedule here, and what was under way in it has ended.",
        nothingToDo)
    case .controlRequest:
      EventExplanation(
        "An operator gave a command",
        "A command that changes something came over the control socket from a user who may give it. The record says "
          + "which and from whom. What came of it is in the records that follow: 'daemon.reloaded' or 'config.refused' "
          + "after a reload, those of its sources after a fetch.",
        nothingToDo)
    case .controlRefused:
      EventExplanation(
        "An operator's command was refused",
        "A command came over the control socket from a user who may not give it, or was not understood.",
        "Give the command as root or as a member of the group newswire-admin.")
    case .controlError:
      EventExplanation(
        "The control socket failed",
        "The control socket cannot be listened on. Fetching and publishing are not touched, but newswirectl "
          + "cannot reach the daemon.",
        "Restart newswired.socket and then newswired.service.")
    case .forwardStarted:
      EventExplanation(
        "newswire-forward has started",
        "The forwarder takes articles from the queue as soon as it reaches its stream.",
        nothingToDo)
    case .forwardConnected:
      EventExplanation(
        "The stream is reached",
        "The forwarder is connected to a NATS server and has found its stream. Articles go there from now on.",
        nothingToDo)
    case .forwardAway:
      EventExplanation(
        "The stream cannot be reached",
        "No NATS server can be reached, or the connection broke. The forwarder tries again for ever, at most "
          + "half a minute apart; articles wait in the queue. None is lost.",
        "Check that the servers in [forward] urls run and can be reached from here. The record's next field "
          + "says when the next attempt is.")
    case .forwardMisfit:
      EventExplanation(
        "The NATS server does not take our articles",
        "A server answers, but not as the settings want it: no such stream, a refused login, a certificate "
          + "that is not trusted. The forwarder goes on trying; articles wait in the queue.",
        "Do what the message says. Nothing needs to be restarted, except after a change of newswire.toml or "
          + "of a credential: 'systemctl restart newswire-forward'.")
    case .forwardFull:
      EventExplanation(
        "The stream takes no more articles",
        "The stream has reached a limit, or its server cannot write. One article after another is tried, at "
          + "most half a minute apart; the others wait in the queue. None is lost.",
        "Raise the stream's limits or let its consumers catch up: 'nats stream info' shows both.")
    case .forwardResumed:
      EventExplanation(
        "The stream takes articles again",
        "An article that was tried has been stored. What waited follows.",
        nothingToDo)
    case .forwardSent:
      EventExplanation(
        "An article is in the stream",
        "The stream has acknowledged the article, and it was removed from the queue.",
        nothingToDo)
    case .forwardRejected:
      EventExplanation(
        "An article cannot go into the stream",
        "The article itself was refused, usually because it is larger than the server takes. It was moved to "
          + "bad/ in the queue directory; the others go on.",
        "Raise max_payload of the NATS server, or max_msg_size of the stream, and move the file back into its "
          + "bucket, as newswire-queue(7) says.")
    case .forwardStopped:
      EventExplanation(
        "newswire-forward has stopped",
        "What the stream had not acknowledged was given back to the queue.",
        nothingToDo)
    case .forwardFailed:
      EventExplanation(
        "newswire-forward cannot go on",
        "The forwarder met a fault that it cannot work around, and ends. The message says which. What it had "
          + "claimed is given back, or free again after ten minutes.",
        "Act on the message. systemd starts the forwarder again unless the settings or a permission are at "
          + "fault.")
    case .internalFault:
      EventExplanation(
        "Newswire met a fault of its own",
        "Something happened that the program's own rules exclude. The work at hand was given up, everything "
          + "else goes on.",
        "Report it with the record as shown by 'journalctl -o verbose'.")
    }
  }
}
