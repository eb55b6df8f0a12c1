// SPDX-License-Identifier: MIT

/// The frequency and the sample size of evaluations on test data.
public struct EvaluationSettings: Sendable, Hashable, Codable {
  /// The number of iterations between evaluations; the last iteration is always followed by one.
  public var every: Int
  /// The number of examples, drawn at random and the same in every evaluation; `nil` for all.
  public var count: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, count
  }

  /// - Parameters:
  ///   - every: The number of iterations between evaluations; the last iteration is always followed
  ///     by one.
  ///   - count: The number of examples; `nil` for all.
  public init(every: Int = 200, count: Int? = 2_000) {
    self.every = every
    self.count = count
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, in: 1...greatestCount, or: 200)
    count = try settings.decodeIfPresent(.count, in: 1...greatestCount)
  }
}
