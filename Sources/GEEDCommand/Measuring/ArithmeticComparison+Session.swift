// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx
import GEEDReport

extension ArithmeticComparison {
  /// The number of examples whose deviations are compared.
  static let pilotCount = 8

  /// The number of inputs whose outputs are compared.
  static let inputCount = 4
}

extension MeasurementSession {
  /// Compares the first examples with the same model in float32 on the CPU: their outputs, and their
  /// deviations if another arithmetic was asked for.
  ///
  /// - Returns: `nil` if the model is computed in float32 on the CPU, or not by ONNX Runtime, and after a
  ///   signal. The means of a random model, which differ anyway, are not compared, which the result says.
  func arithmeticComparison(progress: ProgressLine) throws -> ArithmeticComparison? {
    let (provider, arithmetic) = (engine.providerName, engine.arithmeticName)
    func failed(_ reason: String) -> ArithmeticComparison {
      var comparison = ArithmeticComparison(
        provider: provider, arithmetic: arithmetic, inputCount: 0, outputs: [])
      comparison.failure = reason
      return comparison
    }
    guard !engine.isInFloat32 else { return nil }
    guard plan.draws == nil else {
      return failed("means of several runs (--stochastic) differ anyway.")
    }
    let reference: any MeasurableModel
    do {
      guard let model = try engine.inFloat32() else { return nil }
      reference = model
    } catch {
      return failed("\(error)")
    }
    do {
      let (inputCount, outputs) = try outputDifferences(from: reference)
      var comparison = ArithmeticComparison(
        provider: provider, arithmetic: arithmetic, inputCount: inputCount, outputs: outputs)
      guard arithmetic != OnnxArithmetic.float32.rawValue else { return comparison }
      guard let own = try pilot(of: engine, progress),
        let other = try pilot(of: reference, progress)
      else { return nil }
      comparison.exampleCount = own.results.map(\.exampleCount).max()
      comparison.values = zip(own.results, other.results).map {
        ArithmeticComparison.Value(
          metric: $0.metric, tensor: $0.tensor, value: $0.value, float32: $1.value)
      }
      return comparison
    } catch let error as OnnxError {
      // The CPU may lack an operator, or a type, that the provider has.
      return failed(error.description)
    }
  }

  /// Returns the differences of the outputs of the first inputs, and the number of these.
  private func outputDifferences(
    from reference: any MeasurableModel
  ) throws -> (inputCount: Int, outputs: [ArithmeticComparison.Output]) {
    var few = measurement
    few.batchSize = min(few.batchSize, ArithmeticComparison.inputCount)
    var inputs = try few.inputs()
    guard let batch = try inputs.next() else { return (0, []) }
    let own = try engine.outputs(for: batch)
    let other = try reference.outputs(for: batch)
    return (
      batch.rowCount,
      plan.tensors.compactMap { name in
        guard let own = own[name], let other = other[name], own.shape == other.shape else {
          return nil
        }
        return ArithmeticComparison.Output(
          tensor: name, relativeDifference: own.relativeDifference(from: other))
      }
    )
  }

  /// Measures the first examples; `nil` after a signal.
  private func pilot(
    of model: any MeasurableModel, _ progress: ProgressLine
  ) throws -> MeasurementResult? {
    var pilot = measurement
    pilot.model = model
    pilot.shard = .whole
    pilot.exampleCount = min(pilot.exampleCount ?? .max, ArithmeticComparison.pilotCount)
    pilot.scaleExampleCount = min(pilot.scaleExampleCount ?? .max, ArithmeticComparison.pilotCount)
    pilot.measuresSubgroups = false
    var run = try pilot.start()
    while try !Interruption.wasRequested && run.advance() { progress.show(run.progress) }
    return Interruption.wasRequested ? nil : run.result
  }
}

extension Tensor {
  /// Returns the root mean square of the differences from another tensor of the same shape, as a share of
  /// that of its numbers; `nil` if these are all 0. Infinities and NaN are left out.
  func relativeDifference(from other: Tensor) -> Double? {
    var (squares, squaredDifferences) = (0.0, 0.0)
    for (own, other) in zip(scalars, other.scalars) where own.isFinite && other.isFinite {
      squares += Double(other) * Double(other)
      squaredDifferences += (Double(own) - Double(other)) * (Double(own) - Double(other))
    }
    return squares > 0 ? (squaredDifferences / squares).squareRoot() : nil
  }
}
