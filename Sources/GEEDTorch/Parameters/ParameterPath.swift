// SPDX-License-Identifier: MIT

/// A path in the names of a network's parameters: `root / "layer1" / 0 / "conv1"`.
public struct ParameterPath: Sendable {
  /// The store of the parameters made at this path.
  public let store: ParameterStore
  /// The parts of the path, joined by dots; empty at the root.
  public let name: String

  public static func / (path: ParameterPath, part: String) -> ParameterPath {
    ParameterPath(store: path.store, name: path.name.isEmpty ? part : "\(path.name).\(part)")
  }

  public static func / (path: ParameterPath, index: Int) -> ParameterPath {
    path / String(index)
  }

  /// Creates a parameter that optimizers change.
  ///
  /// - Precondition: No parameter of this name was made before.
  public func parameter(
    _ part: String, shape: [Int], _ initializer: Initializer
  ) throws(TorchError) -> TorchTensor {
    try store.make((self / part).name, shape: shape, initializer, isTrained: true)
  }

  /// Creates a tensor that belongs to the weights but is not trained, such as a running mean.
  public func buffer(
    _ part: String, shape: [Int], _ initializer: Initializer
  ) throws(TorchError) -> TorchTensor {
    try store.make((self / part).name, shape: shape, initializer, isTrained: false)
  }
}
