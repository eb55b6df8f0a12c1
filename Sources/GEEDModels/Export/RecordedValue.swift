// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

/// One value of a recorded pass, with the ONNX operator that computed it.
///
/// This is a class because values are distinguished by identity: a value that two operators read is
/// computed once. It never changes, and it keeps the values that it was computed from.
final class RecordedValue: Sendable {
  /// An operand of an operator.
  enum Operand: Sendable {
    case value(RecordedValue)
    /// A constant, with its role in the operator, such as `weight`.
    case constant(RecordedConstant, String)
  }

  /// An operator with one result.
  struct Operation: Sendable {
    let type: String
    let operands: [Operand]
    var attributes: KeyValuePairs<String, OnnxAttribute> = [:]
    /// A weight of the layer that the operator belongs to, after which the result is named.
    var owner: TorchTensor?
    /// Whether more operators follow before the layer's output is complete.
    var isPartial = false
  }

  /// The operation that computed the value; `nil` for the input of the network.
  let operation: Operation?
  /// The shape in the recorded pass; the first axis numbers the examples.
  let shape: [Int]

  init(_ operation: Operation?, shape: [Int]) {
    self.operation = operation
    self.shape = shape
  }

  /// Returns the result of the operator `type` on this value and constants.
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

  /// Returns the same value as the output of the layer that `owner` belongs to.
  ///
  /// The original must not be used afterwards, or it would be computed twice.
  func owned(by owner: TorchTensor) -> RecordedValue {
    guard var operation else { return self }
    operation.owner = owner
    return RecordedValue(operation, shape: shape)
  }

  /// Returns the result of the operator `type` on this value and another one.
  func combined(
    by type: String, with other: RecordedValue, shape: [Int], isPartial: Bool = false
  ) -> RecordedValue {
    RecordedValue(
      Operation(type: type, operands: [.value(self), .value(other)], isPartial: isPartial),
      shape: shape)
  }
}

extension RecordedValue {
  /// Returns the tensors that are read without changes in computing `values`.
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
  /// A weight, or a tensor derived from weights alone; row-major.
  case tensor(TorchTensor)
  /// The transpose of a matrix.
  case transposed(TorchTensor)
  /// Numbers that belong to the operator.
  case numbers([Float], shape: [Int])
  /// Whole numbers that configure the operator.
  case integers([Int])

  /// The identity by which two constants count as the same.
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
