// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

// Elementwise operations.

extension RecordedTensor {
  package static func + (
    a: RecordedTensor, b: RecordedTensor
  ) throws(TorchError) -> RecordedTensor {
    a.combining("Add", b, making: try a.value + b.value)
  }

  package static func - (
    a: RecordedTensor, b: RecordedTensor
  ) throws(TorchError) -> RecordedTensor {
    a.combining("Sub", b, making: try a.value - b.value)
  }

  package static func * (
    a: RecordedTensor, b: RecordedTensor
  ) throws(TorchError) -> RecordedTensor {
    a.combining("Mul", b, making: try a.value * b.value)
  }

  package func adding(_ constant: TorchTensor) throws(TorchError) -> RecordedTensor {
    combining("Add", constant, making: try value.adding(constant))
  }

  package func multiplied(by constant: TorchTensor) throws(TorchError) -> RecordedTensor {
    combining("Mul", constant, making: try value.multiplied(by: constant))
  }

  package func scaled(by factor: Double) throws(TorchError) -> RecordedTensor {
    noting("Mul", making: try value.scaled(by: factor), [(.number(factor), "factor")])
  }

  package func relu() throws(TorchError) -> RecordedTensor {
    noting("Relu", making: try value.relu())
  }

  package func relu6() throws(TorchError) -> RecordedTensor {
    noting("Clip", making: try value.relu6(), [(.number(0), "minimum"), (.number(6), "maximum")])
  }

  package func elu() throws(TorchError) -> RecordedTensor {
    noting("Elu", making: try value.elu(), attributes: ["alpha": .float(1)])
  }

  /// x Φ(x) = x (1 + erf(x / √2)) / 2, in the order that ONNX Runtime recognizes and runs as one
  /// operator.
  package func gelu() throws(TorchError) -> RecordedTensor {
    let erf = record.applying("Div", [(.number(2.0.squareRoot()), "root")], isPartial: true)
      .applying("Erf", isPartial: true)
      .applying("Add", [(.number(1), "one")], isPartial: true)
    let product = record.combined(by: "Mul", with: erf, shape: shape, isPartial: true)
    return RecordedTensor(
      value: try value.gelu(), record: product.applying("Mul", [(.number(0.5), "half")]))
  }

  package func hardswish() throws(TorchError) -> RecordedTensor {
    noting("HardSwish", making: try value.hardswish())
  }

  package func dropout(
    probability: Double, using generator: TorchGenerator
  ) throws(TorchError) -> RecordedTensor {
    preconditionFailure("Expected a pass in evaluation to be recorded, but got one in training.")
  }

  private func combining(
    _ type: String, _ other: RecordedTensor, making value: TorchTensor
  ) -> RecordedTensor {
    precondition(
      shape.count == other.shape.count,
      "Expected as many axes on both sides, but got \(shape) and \(other.shape).")
    return RecordedTensor(
      value: value, record: record.combined(by: type, with: other.record, shape: value.shape))
  }

  private func combining(
    _ type: String, _ constant: TorchTensor, making value: TorchTensor
  ) -> RecordedTensor {
    let lengths = constant.shape
    precondition(
      lengths.count < shape.count || lengths.count == shape.count && lengths[0] == 1,
      "Expected a constant for one example of \(shape), but got shape \(lengths).")
    return noting(type, making: value, [(.tensor(constant), "constant")], owner: constant)
  }
}
