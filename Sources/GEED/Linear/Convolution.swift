// SPDX-License-Identifier: MIT

/// A two-dimensional convolution as in neural networks: a cross-correlation with zero padding.
///
///     y[k, p] = Σ w[k, c, r] · x[c, stride · p + dilation · r − padding]
///
/// - Shape: `[C, H, W]` to `[K, H', W']`; the kernel is `[K, C / groups, R, S]`.
package struct Convolution: Sendable, Hashable {
  /// The weights, `[K, C / groups, R, S]`.
  package let kernel: Tensor

  /// The distance that the kernel moves from one output to the next.
  package let stride: Size2D

  /// The numbers of zeros around the input.
  package let padding: GridPadding

  /// The distance between neighboring inputs under the kernel.
  package let dilation: Size2D

  /// The number of groups of channels that are convolved separately.
  package let groupCount: Int

  package init(
    kernel: Tensor, stride: Size2D = Size2D(1), padding: GridPadding = GridPadding(0),
    dilation: Size2D = Size2D(1), groupCount: Int = 1
  ) {
    precondition(
      kernel.shape.count == 4 && !kernel.scalars.isEmpty,
      "Expected a kernel [K, C / groups, R, S], but got shape \(kernel.shape).")
    precondition(
      groupCount > 0 && kernel.shape[0].isMultiple(of: groupCount),
      "Expected groups that divide \(kernel.shape[0]) channels, but got \(groupCount).")
    precondition(
      min(stride.rows, stride.columns, dilation.rows, dilation.columns) > 0,
      "Expected positive strides and dilations, but got \(stride) and \(dilation).")
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groupCount = groupCount
  }

  /// The number of input channels, C.
  package var inputChannelCount: Int { kernel.shape[1] * groupCount }

  /// The number of output channels, K.
  package var outputChannelCount: Int { kernel.shape[0] }

  /// The rows and columns of the kernel, R and S.
  package var kernelSize: Size2D {
    Size2D(rows: kernel.shape[2], columns: kernel.shape[3])
  }

  /// Returns the rows and columns of the output; not positive if the kernel does not fit.
  package func outputSize(for size: Size2D) -> Size2D {
    Size2D(
      rows: (size.rows + padding.top + padding.bottom - dilation.rows * (kernelSize.rows - 1) - 1)
        / stride.rows + 1,
      columns: (size.columns + padding.left + padding.right
        - dilation.columns * (kernelSize.columns - 1) - 1) / stride.columns + 1)
  }

  /// Returns the weight of channel `input` in channel `output`; 0 for different groups.
  func weight(output: Int, input: Int, row: Int, column: Int) -> Double {
    let perGroup = kernel.shape[1]
    guard input / perGroup == output / (outputChannelCount / groupCount) else { return 0 }
    let slice = output * perGroup + input % perGroup
    return Double(
      kernel.scalars[(slice * kernelSize.rows + row) * kernelSize.columns + column])
  }

  /// Returns the matrix of the convolution on a grid of `size`.
  package func matrix(on size: Size2D, outputSize: Size2D? = nil) -> LinearMap {
    let output = outputSize ?? self.outputSize(for: size)
    let inputShape = [inputChannelCount, size.rows, size.columns]
    let outputShape = [outputChannelCount, output.rows, output.columns]
    let width = Tensor.count(of: inputShape)
    var entries = [Double](repeating: 0, count: Tensor.count(of: outputShape) * width)
    for k in 0..<outputChannelCount {
      for p in 0..<output.rows * output.columns {
        let place = (row: p / output.columns, column: p % output.columns)
        let start = (k * output.rows * output.columns + p) * width
        for c in 0..<inputChannelCount {
          for r in 0..<kernelSize.rows * kernelSize.columns {
            let tap = (row: r / kernelSize.columns, column: r % kernelSize.columns)
            let row = stride.rows * place.row + dilation.rows * tap.row - padding.top
            let column =
              stride.columns * place.column + dilation.columns * tap.column - padding.left
            guard (0..<size.rows).contains(row), (0..<size.columns).contains(column) else {
              continue
            }
            entries[start + (c * size.rows + row) * size.columns + column] = weight(
              output: k, input: c, row: tap.row, column: tap.column)
          }
        }
      }
    }
    return LinearMap(inputShape: inputShape, outputShape: outputShape, entries: entries)
  }
}

/// Two whole numbers, one for the rows of a grid and one for its columns: a size, a stride.
package struct Size2D: Sendable, Hashable, Codable {
  package var rows: Int
  package var columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  package init(_ both: Int) {
    self.init(rows: both, columns: both)
  }
}

/// The numbers of zeros that are added around a grid; negative numbers remove rows or columns.
package struct GridPadding: Sendable, Hashable, Codable {
  package var top: Int
  package var left: Int
  package var bottom: Int
  package var right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  package init(_ all: Int) {
    self.init(top: all, left: all, bottom: all, right: all)
  }
}
