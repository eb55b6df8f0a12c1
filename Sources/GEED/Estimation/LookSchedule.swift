// SPDX-License-Identifier: MIT

import RealModule

/// The numbers of examples at which a growing sample is inspected, and the levels of its intervals
/// then: 20, 30, 45, 68, 102, … examples, and 1 − α·6/(π²k²) at the *k*-th look, so that the error
/// probabilities of all looks add up to at most α (Bonferroni).
package enum LookSchedule {
  /// The number of examples at the first look.
  static let first = 20

  /// Returns the level of the intervals at the *k*-th look, from 1 on, for the overall level
  /// `level`.
  package static func level(ofLook k: Int, overall level: Double) -> Double {
    1 - (1 - level) * 6 / (Double.pi * Double.pi * Double(k * k))
  }

  /// Returns the number of examples at the look after one at `count`: half as many again, rounded
  /// up.
  static func look(after count: Int) -> Int { (count * 3 + 1) / 2 }
}
