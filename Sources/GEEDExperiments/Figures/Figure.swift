// SPDX-License-Identifier: MIT

import GEEDReport

/// A figure of the paper: its content, and the paper's claims about it.
package struct Figure: Sendable {
  /// The tables of a figure.
  package enum Layout: Sendable {
    /// For each kind of network the quantities during the training.
    case trajectories
    /// For each quantity the kinds of networks during the training.
    case courses
    /// Trained and untrained networks side by side, on every data set.
    case data
    /// The kinds of networks after the training.
    case networks
    /// The diagram of one example.
    case diagram
  }

  package let title: String
  package let quantities: [Quantity]
  package let layout: Layout
  /// Returns the paper's claims, tested on the numbers of an experiment.
  package let claims: @Sendable (FigureRecord, any Experiment) -> [Claim]
}

package enum PaperFigure: String, Sendable, Hashable, Codable, CaseIterable {
  case figure1, figure2, figure3, figure4, figure5, figure7, figure8, figure10, figure14, figure16
  case figureA4

  package var figure: Figure {
    switch self {
    case .figure1: .figure1
    case .figure2: .figure2
    case .figure3: .figure3
    case .figure4: .figure4
    case .figure5: .figure5
    case .figure7: .figure7
    case .figure8: .figure8
    case .figure10: .figure10
    case .figure14: .figure14
    case .figure16: .figure16
    case .figureA4: .figureA4
    }
  }

  /// Returns the experiment that gives the figure's numbers, with the data at `location`.
  package func experiment(_ scale: ExperimentScale, at location: String) -> any Experiment {
    switch self {
    case .figure1: SixBlockExperiment(scale, at: location).withOneNetwork()
    case .figure2, .figure7: SixBlockExperiment(scale, at: location)
    case .figure5 where scale == .paper: PublishedNetworkExperiment(at: location)
    case .figure5: SelfSupervisedExperiment(scale, at: location)
    case .figure3, .figure8: SixBlockExperiment(scale, at: location).onOtherData()
    case .figure4, .figure10, .figure16: PretrainingExperiment(scale, at: location)
    case .figure14: SixBlockExperiment(scale, at: location).withChangedFeatures()
    case .figureA4: SixBlockExperiment(scale, at: location).withFoundPermutations()
    }
  }
}
