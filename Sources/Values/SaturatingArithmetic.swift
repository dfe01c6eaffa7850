// Arithmetic on numbers that come from outside, which may be any that there are: none of it traps.

extension Int64 {
  /// The sum, or the nearest number there is.
  public func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the nearest number there is.
  public func saturatingDifference(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  /// The largest quotient whose product is not above this number, and what is left: 0 ..< divisor.
  public func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Int {
  /// Seconds as microseconds, or the nearest number there is.
  public var secondsInMicroseconds: Int {
    let (product, overflow) = multipliedReportingOverflow(by: 1_000_000)
    return overflow ? (self < 0 ? .min : .max) : product
  }
}
