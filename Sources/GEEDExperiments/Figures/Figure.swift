// SPDX-License-Identifier: MIT

/// A figure of the paper: its experiment, its content, and the paper's claims about it.
package protocol Figure: Sendable {
  /// The networks that are trained for it.
  static func experiment(_ scale: ExperimentScale) -> SixBlockExperiment

  /// The title, in one line.
  var title: String { get }
  /// The numbers that it shows.
  var quantities: [Quantity] { get }
  /// The data sets that networks are measured on.
  var data: [String] { get }
  /// Whether it shows the course of the training, or trained and untrained networks side by side.
  var showsTrajectory: Bool { get }

  /// Returns the paper's claims, tested on the numbers of a run.
  func claims(of record: FigureRecord, in experiment: SixBlockExperiment) -> [Claim]
}

/// The figures that can be reproduced.
package enum PaperFigure: String, Sendable, Hashable, Codable, CaseIterable {
  case figure2, figure3, figure7, figure8

  /// The figure.
  package var figure: any Figure {
    switch self {
    case .figure2: Figure2()
    case .figure3: Figure3()
    case .figure7: Figure7()
    case .figure8: Figure8()
    }
  }

  /// The networks that are trained for it.
  ///
  /// - Parameter scale: The scale of the experiment.
  package func experiment(_ scale: ExperimentScale) -> SixBlockExperiment {
    type(of: figure).experiment(scale)
  }
}
