// SPDX-License-Identifier: MIT

/// What a measurement needs of a model: a batch of host tensors in, named host tensors out.
///
/// One call is one forward pass, and it returns every tensor that is to be measured, however many
/// layers those belong to. Engines stand behind this protocol; so does a plain closure
/// (``ClosureModel``).
///
/// A conforming type promises that row *i* of every output depends on row *i* of the input alone,
/// that equal inputs give equal outputs (no dropout, batch statistics frozen), and that calls do
/// not disturb each other. ``DeviationMeasurement/requireIndependentExamples()`` looks whether it keeps
/// the first two.
public protocol MeasurableModel: Sendable {
  /// Runs the model once.
  ///
  /// - Parameter batch: Inputs of shape `[N, ...]`, as the model was trained to expect them.
  /// - Returns: For each tensor that can be measured its value, of shape `[N, ...]` with the same
  ///   N, by name.
  /// - Throws: Whatever keeps the engine from running, such as a shape that the model refuses.
  func outputs(for batch: Tensor) throws -> [String: Tensor]
}

/// A model made of a Swift closure.
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
