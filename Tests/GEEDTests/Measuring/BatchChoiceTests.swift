// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

/// The number of inputs in a batch where memory is limited.
struct BatchChoiceTests {
  private let shapes = ["features": [4], "maps": [3, 6, 6]]

  /// The measurement with the memory that a batch of some inputs takes.
  private func measurement(memoryOfBatch size: Int, less bytes: Int = 0) -> DeviationMeasurement {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.batchSize = size
    measurement.memoryLimit = measurement.memoryEstimate(rowShapes: shapes) - bytes
    measurement.batchSize = DeviationMeasurement.usualBatchSize
    return measurement
  }

  @Test("The largest batch that fits is taken", arguments: [8, 4])
  func fitting(size: Int) {
    var measurement = measurement(memoryOfBatch: size)
    let isReduced = measurement.reduceBatch(toFit: shapes)
    #expect(isReduced)
    #expect(measurement.batchSize == size)
  }

  @Test("A batch that fits is left as it is")
  func sufficient() {
    var measurement = measurement(memoryOfBatch: 16)
    let isReduced = measurement.reduceBatch(toFit: shapes)
    #expect(!isReduced)
    #expect(measurement.batchSize == 16)
    measurement.memoryLimit = nil
    let isReducedWithoutLimit = measurement.reduceBatch(toFit: shapes)
    #expect(!isReducedWithoutLimit)
  }

  @Test("Where no batch fits, nothing changes, and the test of the model says how much is needed")
  func insufficient() {
    var measurement = measurement(memoryOfBatch: 4, less: 1)
    let isReduced = measurement.reduceBatch(toFit: shapes)
    #expect(!isReduced)
    #expect(measurement.batchSize == 16)
    #expect(throws: MeasurementError.self) { try measurement.requireIndependentExamples() }
  }

  @Test("Weights are part of the estimate")
  func weights() {
    var measurement = measurement(memoryOfBatch: 16)
    measurement.weightByteCount = 1
    let isReduced = measurement.reduceBatch(toFit: shapes)
    #expect(isReduced)
    #expect(measurement.batchSize == 8)
  }
}
