// SPDX-License-Identifier: MIT

/// The scale of an experiment.
package enum ExperimentScale: String, Sendable, Hashable, Codable, CaseIterable {
  /// The numbers of the paper, for a GPU.
  case paper
  /// Smaller widths and fewer networks, otherwise unchanged; takes half an hour on two CPU cores.
  case small
  /// A demonstration of the tool on the embedded data set; takes a minute per network, and shows
  /// nothing about the paper.
  case demo
  /// A few iterations of the smallest networks, for tests.
  case tiny
}
