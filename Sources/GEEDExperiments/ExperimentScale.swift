// SPDX-License-Identifier: MIT

import GEEDModels

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

/// The two kinds of networks that §§ 4.1 and 4.2 compare.
package enum NetworkKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Ordinary convolutions; `ConventionalCNN` of GEEDModels.
  case conventional = "CNN"
  /// Convolutions that commute with C8; `SteerableCNN` of GEEDModels.
  case steerable = "C8-CNN"

  /// The name in the settings of a training.
  var settingsName: String {
    switch self {
    case .conventional: NetworkSettings.conventional
    case .steerable: NetworkSettings.steerable
    }
  }
}
