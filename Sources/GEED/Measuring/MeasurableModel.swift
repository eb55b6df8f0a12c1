// SPDX-License-Identifier: MIT

/// A model that can be measured: it takes a batch of host tensors and returns named host tensors.
///
/// One call is one forward pass, which returns every tensor that is to be measured. Row *i* of
/// every output depends only on row *i* of the input, equal inputs give equal outputs (no dropout,
/// batch statistics frozen), and calls do not affect each other;
/// ``DeviationMeasurement/requireIndependentExamples()`` checks the first two.
public protocol MeasurableModel: Sendable {
  /// Runs the model once.
  ///
  /// - Parameter batch: Inputs of shape `[N, ...]`, as the model was trained to expect them.
  /// - Returns: Tensors of shape `[N, ...]` with the same N, by name.
  /// - Throws: An error if the engine cannot run, such as for a shape that it does not accept.
  func outputs(for batch: Tensor) throws -> [String: Tensor]

  /// Begins to run the model, and returns a function that waits for the outputs.
  ///
  /// A measurement begins with a batch while it waits for the previous one, so that a model in another
  /// process or on another device always has work. By default all work is done in the function.
  func pendingOutputs(for batch: Tensor) throws -> PendingOutputs
}

/// A function that waits for the outputs of a batch. It is called at most once.
public typealias PendingOutputs = @Sendable () throws -> [String: Tensor]

extension MeasurableModel {
  public func pendingOutputs(for batch: Tensor) throws -> PendingOutputs {
    { try outputs(for: batch) }
  }
}

/// A model that is a Swift closure.
///
///     let model = ClosureModel(output: "features") { batch in myFeatures(of: batch) }
public struct ClosureModel: MeasurableModel {
  private let body: @Sendable (Tensor) throws -> [String: Tensor]

  /// Creates a model with any number of named outputs.
  public init(_ body: @escaping @Sendable (Tensor) throws -> [String: Tensor]) {
    self.body = body
  }

  /// Creates a model with one output, named `name`.
  public init(output name: String, _ body: @escaping @Sendable (Tensor) throws -> Tensor) {
    self.body = { [name: try body($0)] }
  }

  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    try body(batch)
  }
}
