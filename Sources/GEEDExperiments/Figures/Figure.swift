// SPDX-License-Identifier: MIT

import GEEDReport

/// A figure of the paper: its content, and the paper's claims about it.
package struct Figure: Sendable {
  package let title: String
  package let quantities: [Quantity]
  /// The data sets that networks are measured on.
  package let data: [String]
  /// Whether it shows the course of the training, or trained and untrained networks side by side.
  package let showsTrajectory: Bool
  /// Returns the paper's claims, tested on the numbers of an experiment.
  package let claims: @Sendable (FigureRecord, SixBlockExperiment) -> [Claim]
}

package enum PaperFigure: String, Sendable, Hashable, Codable, CaseIterable {
  case figure2, figure3, figure7, figure8

  package var figure: Figure {
    switch self {
    case .figure2: .figure2
    case .figure3: .figure3
    case .figure7: .figure7
    case .figure8: .figure8
    }
  }
}
