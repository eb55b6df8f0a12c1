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
  /// The type of all parameters.
  public let type: TorchElementType
  /// The device of all parameters.
  public let device: TorchDevice
  /// Whether the channels of each kernel position are adjacent in memory.
  public let isChannelsLast: Bool
  private let generator: TorchGenerator
  private let state = Mutex<[NamedParameter]>([])

  /// Creates an empty store.
  ///
  /// - Parameters:
  ///   - seed: The seed of the random initial weights.
  ///   - type: The type of all parameters.
  ///   - device: The device of all parameters.
  ///   - isChannelsLast: Whether kernels have the memory order of images of
  ///     ``TorchTensor/channelsLast()``, so that convolutions need not reorder them in each pass.
  ///     The numbers are the same.
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
  public subscript(name: String) -> TorchTensor? {
    all.first { $0.name == name }?.tensor
  }

  /// - Precondition: The name is new.
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
