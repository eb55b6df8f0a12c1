// SPDX-License-Identifier: MIT

import GEEDModels

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
