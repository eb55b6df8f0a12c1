// SPDX-License-Identifier: MIT

/// How often a network is tried on data that it does not learn from.
public struct EvaluationSettings: Sendable, Hashable, Codable {
  /// After how many iterations, besides the last one.
  public var every: Int
  /// How many examples, drawn at random and always the same; `nil` for all.
  public var count: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, count
  }

  /// - Parameters:
  ///   - every: After how many iterations, besides the last one.
  ///   - count: How many examples; `nil` for all.
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
