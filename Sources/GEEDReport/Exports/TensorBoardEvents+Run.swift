// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore

extension TensorBoardEvents {
  /// Creates the events of a run: the course of a training and the results with their intervals. All
  /// have the time at which the run began, so that the same run gives the same bytes.
  ///
  /// - Throws: ``StoreError`` if the run cannot be read.
  package init(of run: RunSummary, in store: RunStore) throws(StoreError) {
    let time = try? Date(run.created, strategy: .iso8601)
    self.init(time: time?.timeIntervalSince1970 ?? 0)
    for step in try store.steps(ofRun: run.id) {
      let scalars = [
        ("loss/training", step.loss), ("loss/test", step.testLoss),
        ("accuracy/training", step.accuracy),
        (run.hasLinearProbe ? "accuracy/linear probe" : "accuracy/test", step.testAccuracy),
        ("learning rate", step.learningRate),
      ]
      for (tag, value) in scalars {
        if let value { add(tag, step: step.iteration, value: value) }
      }
    }
    for (iteration, result) in try store.results(ofRun: run.id) {
      let tag = "\(result.metric.rawValue)/\(result.tensor)"
      if let value = result.value { add(tag, step: iteration, value: value) }
      if let interval = result.confidenceInterval {
        add("\(tag)/low", step: iteration, value: interval.lowerBound)
        add("\(tag)/high", step: iteration, value: interval.upperBound)
      }
    }
  }
}
