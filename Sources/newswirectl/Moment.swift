import Glibc

/// A moment by the clock that nobody sets, for waits. It goes on while the machine sleeps.
struct Moment: Comparable {
  private var time: Double

  static func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Moment(time: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
  }

  func adding(seconds: Double) -> Moment { Moment(time: time + seconds) }

  func seconds(since earlier: Moment) -> Double { time - earlier.time }

  static func < (left: Moment, right: Moment) -> Bool { left.time < right.time }
}
