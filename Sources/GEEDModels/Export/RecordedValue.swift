// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

/// One value of a recorded pass, and by which operator of ONNX it came about.
///
/// Why a class? Values are told apart by their identity: what two operators read is computed once. It
/// never changes, and keeps what it was made of.
final class RecordedValue: Sendable {
  /// What an operator reads.
  enum Operand: Sendable {
    case value(RecordedValue)
    /// A constant, with its part in the operator, such as `weight`.
    case constant(RecordedConstant, String)
  }

  /// An operator with one result.
  struct Operation: Sendable {
    let type: String
    let operands: [Operand]
    var attributes: KeyValuePairs<String, OnnxAttribute> = [:]
    /// A weight of the layer that this belongs to, by which the result is named.
    var owner: TorchTensor?
    /// Whether more operators follow until the layer's output is there.
    var isPartial = false
  }

  /// `nil` for the input of the network.
  let operation: Operation?
  /// Its axes in the recorded pass, of which the first numbers the examples.
  let shape: [Int]

  init(_ operation: Operation?, shape: [Int]) {
    self.operation = operation
    self.shape = shape
  }

  /// What `type` makes of this and of constants.
  func applying(
    _ type: String, _ constants: [(RecordedConstant, String)] = [], shape: [Int]? = nil,
    attributes: KeyValuePairs<String, OnnxAttribute> = [:], owner: TorchTensor? = nil,
    isPartial: Bool = false
  ) -> RecordedValue {
    RecordedValue(
      Operation(
        type: type,
        operands: [.value(self)] + constants.map { .constant($0, $1) },
        attributes: attributes, owner: owner, isPartial: isPartial),
      shape: shape ?? self.shape)
  }

  /// The same value as the output of the layer that `owner` belongs to.
  ///
  /// This one is not to be used any more, or it would be computed twice.
  func owned(by owner: TorchTensor) -> RecordedValue {
    guard var operation else { return self }
    operation.owner = owner
    return RecordedValue(operation, shape: shape)
  }

  /// What `type` makes of this and another value.
  func combined(
    by type: String, with other: RecordedValue, shape: [Int], isPartial: Bool = false
  ) -> RecordedValue {
    RecordedValue(
      Operation(type: type, operands: [.value(self), .value(other)], isPartial: isPartial),
      shape: shape)
  }
}

extension RecordedValue {
  /// Which tensors are read as they are on the way to `values`.
  static func tensors(behind values: [RecordedValue]) -> Set<ObjectIdentifier> {
    var tensors: Set<ObjectIdentifier> = []
    var seen: Set<ObjectIdentifier> = []
    var open = values
    while let value = open.popLast() {
      guard seen.insert(ObjectIdentifier(value)).inserted else { continue }
      for operand in value.operation?.operands ?? [] {
        switch operand {
        case .value(let source): open.append(source)
        case .constant(.tensor(let tensor), _): tensors.insert(ObjectIdentifier(tensor))
        case .constant: break
        }
      }
    }
    return tensors
  }
}

/// Numbers of a file that do not depend on the network's input.
enum RecordedConstant: Sendable {
  /// A weight, or what was made of weights alone; row-major.
  case tensor(TorchTensor)
  /// The transpose of a matrix.
  case transposed(TorchTensor)
  /// Numbers that belong to the operator.
  case numbers([Float], shape: [Int])
  /// Whole numbers that steer the operator.
  case integers([Int])

  /// What makes two constants one.
  enum Identity: Hashable {
    case tensor(ObjectIdentifier)
    case transposed(ObjectIdentifier)
    case numbers([Float], shape: [Int])
    case integers([Int])
  }

  var identity: Identity {
    switch self {
    case .tensor(let tensor): .tensor(ObjectIdentifier(tensor))
    case .transposed(let tensor): .transposed(ObjectIdentifier(tensor))
    case .numbers(let numbers, let shape): .numbers(numbers, shape: shape)
    case .integers(let integers): .integers(integers)
    }
  }

  /// A single number.
  static func number(_ value: Double) -> RecordedConstant { .numbers([Float(value)], shape: []) }
}
