// SPDX-License-Identifier: MIT

import GEED

/// The rows of one output, collected over the runs for a batch.
struct OnnxRows {
  let name: String
  private let path: String
  private(set) var shape: [Int]
  private var scalars: [Float]
  /// The element type of the output in the model.
  private(set) var elementType: OnnxElementType = .float32

  init(name: String, path: String, shape: [Int] = [], scalars: [Float] = []) {
    self.name = name
    self.path = path
    self.shape = shape
    self.scalars = scalars
  }

  /// Adds the first `count` rows of an output of `size` rows, of `total` in all runs.
  mutating func add(
    _ output: OnnxOutput?, rows count: Int, of size: Int, total: Int
  ) throws(OnnxModelError) {
    guard let output else {
      throw .unsupportedType(path: path, tensor: name, type: "of another kind")
    }
    guard output.shape.first == size else {
      throw .notBatched(path: path, tensor: name, shape: output.shape, exampleCount: size)
    }
    let rowShape = Array(output.shape.dropFirst())
    if scalars.isEmpty {
      shape = [total] + rowShape
      scalars.reserveCapacity(Tensor.count(of: shape))
    } else if rowShape != Array(shape.dropFirst()) {
      throw .notBatched(path: path, tensor: name, shape: output.shape, exampleCount: size)
    }
    elementType = output.elementType
    output.appendScalars(count * Tensor.count(of: rowShape), to: &scalars)
  }

  /// Returns all rows; feature maps with channels last are converted to channels first.
  func tensor(channelsAreLast: Bool) -> Tensor {
    guard channelsAreLast, shape.count == 4 else { return Tensor(shape: shape, scalars: scalars) }
    let (rows, columns, channels) = (shape[1], shape[2], shape[3])
    return Tensor(
      shape: [shape[0], channels, rows, columns],
      scalars: transposed(scalars, count: shape[0], rows: rows * columns, columns: channels))
  }
}

/// Transposes each of `count` matrices: `[N, C, H·W]` scalars become `[N, H·W, C]`.
func transposed(_ scalars: [Float], count: Int, rows: Int, columns: Int) -> [Float] {
  precondition(
    scalars.count == count * rows * columns,
    "Expected \(count * rows * columns) scalars, but got \(scalars.count).")
  return Array(unsafeUninitializedCapacity: scalars.count) { result, initializedCount in
    scalars.withUnsafeBufferPointer { source in
      var next = 0
      for matrix in 0..<count {
        let start = matrix * rows * columns
        for column in 0..<columns {
          for row in 0..<rows {
            result.initializeElement(at: next, to: source[start + row * columns + column])
            next += 1
          }
        }
      }
    }
    initializedCount = scalars.count
  }
}
