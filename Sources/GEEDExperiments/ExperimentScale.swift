// SPDX-License-Identifier: MIT

/// How much of an experiment is done.
public enum ExperimentScale: String, Sendable, Hashable, Codable, CaseIterable {
  /// The numbers of the paper, for a GPU.
  case paper
  /// Smaller widths and fewer networks, nothing else changed, for two CPU cores and half an hour.
  case small
  /// A minute a network on the embedded data set, to see the tool work; shows nothing about the paper.
  case demo
  /// A few iterations of the smallest networks, for tests.
  case tiny
}
