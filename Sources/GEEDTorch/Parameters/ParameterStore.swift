// SPDX-License-Identifier: MIT

import Synchronization

/// The weights of a network by name, in the order in which its layers created them.
///
/// A network is built with the ``root`` of a store. Its layers create their parameters through it
/// and keep references to them; the store holds them under the names of a PyTorch state dict.
///
///     let weights = ParameterStore(seed: 0)
///     let network = try ResNet(.resNet50, parameters: weights.root)
///     print(weights.parameterCount)
///
/// The same seed gives the same weights on every device.
public final class ParameterStore: Sendable {
  package let type: TorchElementType
  package let device: TorchDevice
  package let isChannelsLast: Bool
  private let generator: TorchGenerator
  private let state = Mutex<[NamedParameter]>([])

  /// Creates an empty store.
  ///
  /// - Parameters:
  ///   - seed: The seed of the random initial weights.
  ///   - type: The type of all parameters.
  ///   - device: The device of all parameters.
  ///   - isChannelsLast: Whether the channels of each kernel position are adjacent in memory, which
  ///     changes the speed and not the numbers.
  /// - Throws: ``TorchError`` if the generator cannot be created.
  public init(
    seed: UInt64, type: TorchElementType = .float32, device: TorchDevice = .cpu,
    isChannelsLast: Bool = false
  ) throws(TorchError) {
    self.type = type
    self.device = device
    self.isChannelsLast = isChannelsLast
    self.generator = try TorchGenerator(seed: seed)
  }

  /// The path at which the names of a network's parameters begin.
  public var root: ParameterPath { ParameterPath(store: self, name: "") }

  /// All tensors with their names, trained or not.
  public var all: [NamedParameter] { state.withLock { $0 } }

  /// The tensors that an optimizer changes.
  public var trained: [TorchTensor] { all.filter(\.isTrained).map(\.tensor) }

  /// The number of trained scalars.
  public var parameterCount: Int { trained.reduce(0) { $0 + $1.count } }

  /// The tensor named `name`, or `nil`.
  public subscript(name: String) -> TorchTensor? { all.first { $0.name == name }?.tensor }

  func make(
    _ name: String, shape: [Int], _ initializer: Initializer, isTrained: Bool
  ) throws(TorchError) -> TorchTensor {
    let rowMajor = try initializer.makeTensor(shape: shape, type: type, using: generator)
      .converted(to: type, on: device)
    let tensor = isChannelsLast && shape.count == 4 ? try rowMajor.channelsLast() : rowMajor
    if isTrained { try tensor.setRequiresGradient() }
    state.withLock { entries in
      precondition(
        !entries.contains { $0.name == name }, "The parameter '\(name)' was made twice.")
      entries.append(NamedParameter(name: name, tensor: tensor, isTrained: isTrained))
    }
    return tensor
  }
}

/// One entry of a ``ParameterStore``.
public struct NamedParameter: Sendable {
  /// The key in a state dict, such as `layer1.0.conv1.weight`.
  public let name: String
  public let tensor: TorchTensor
  /// Whether an optimizer changes it; running statistics are not trained.
  public let isTrained: Bool
}

/// A path in the names of a network's parameters: `root / "layer1" / 0 / "conv1"`.
public struct ParameterPath: Sendable {
  /// The store of the parameters made at this path.
  package let store: ParameterStore
  /// The parts of the path, joined by dots; empty at the root.
  package let name: String
  /// Whether optimizers change the parameters made at this path.
  private var isTrained = true

  init(store: ParameterStore, name: String) {
    self.store = store
    self.name = name
  }

  /// The same path for parameters that no optimizer changes, such as those of a network that
  /// follows another one.
  package var untrained: ParameterPath {
    var path = self
    path.isTrained = false
    return path
  }

  public static func / (path: ParameterPath, part: String) -> ParameterPath {
    var longer = ParameterPath(
      store: path.store, name: path.name.isEmpty ? part : "\(path.name).\(part)")
    longer.isTrained = path.isTrained
    return longer
  }

  public static func / (path: ParameterPath, index: Int) -> ParameterPath { path / String(index) }

  /// Creates a parameter that optimizers change, unless the path is untrained.
  ///
  /// - Precondition: No parameter of this name was made before.
  public func parameter(
    _ part: String, shape: [Int], _ initializer: Initializer
  ) throws(TorchError) -> TorchTensor {
    try store.make((self / part).name, shape: shape, initializer, isTrained: isTrained)
  }

  /// Creates a tensor that belongs to the weights but is not trained, such as a running mean.
  public func buffer(
    _ part: String, shape: [Int], _ initializer: Initializer
  ) throws(TorchError) -> TorchTensor {
    try store.make((self / part).name, shape: shape, initializer, isTrained: false)
  }
}

/// A tensor that a layer derives from a weight alone, kept while the weight is unchanged and no
/// gradients are recorded. A class, because copies of a layer share one weight.
package final class DerivedTensor: Sendable {
  private let kept = Mutex<(version: Int, tensor: TorchTensor)?>(nil)

  package init() {}

  /// Returns the result of `make` for `weight`, which is the same in all calls.
  package func value(
    of weight: TorchTensor, _ make: (TorchTensor) throws(TorchError) -> TorchTensor
  ) throws(TorchError) -> TorchTensor {
    guard !weight.isRecorded else {
      kept.withLock { $0 = nil }
      return try make(weight)
    }
    let version = weight.version
    if let tensor = kept.withLock({ $0?.version == version ? $0?.tensor : nil }) { return tensor }
    let tensor = try make(weight)
    kept.withLock { $0 = (version, tensor) }
    return tensor
  }
}
