// SPDX-License-Identifier: MIT

import GEEDTorch

/// A steerable convolution for training on the host, with fewer products than an expanded kernel
/// needs.
///
/// A kernel of s² pixels is a combination of fewer ring functions, 11 for 5 × 5 pixels. The input
/// is therefore convolved with each function, which needs no parameter, and the results are
/// combined by a matrix product over channels and functions. Because kernels do not mix
/// ``Parities``, this product splits into one for each class, each with only a part of the
/// functions.
///
/// The examples are the innermost axis in memory, so that a convolution with a function runs along
/// them.
struct ParityConvolution: Sendable {
  /// The matrix from the channels of a field to combinations of them, `[X_in, X_in]`, class by
  /// class.
  private let inputVectors: TorchTensor
  /// The matrix from combinations of the output to channels, `[X_out, X_out]`.
  private let outputVectors: TorchTensor
  private let inputClassSizes: [Int]
  /// The kernels of the functions of each class, `[1, 1, size, size]`.
  private let functions: [[TorchTensor]]
  /// The parts of the product, one for each class of the output that has combinations.
  private let parts: [Part]

  /// The part of the matrix product that computes one class of the output.
  private struct Part: Sendable {
    let parity: Int
    /// The number of combinations of the output, X_out,c.
    let size: Int
    /// The number of products of combinations and functions of the input, K.
    let termCount: Int
    /// The basis, `[b, X_out,c * K]`.
    let factors: TorchTensor
  }

  /// Prepares the tensors; `nil` if some class of the output is 0, or if there is only one class.
  init?(
    _ basis: SteerableKernelBasis, type: TorchElementType, device: TorchDevice
  ) throws(TorchError) {
    let parities = Parities(of: basis.input.symmetry)
    let inputs = parities.vectors(of: basis.input)
    let outputs = parities.vectors(of: basis.output)
    guard parities.classCount > 1 else { return nil }
    let classes = basis.harmonics.bands.flatMap(parities.classes(of:))
    inputVectors = try Self.matrix(inputs).converted(to: type, on: device)
    outputVectors = try Self.matrix(outputs).permuted([1, 0]).converted(to: type, on: device)
    inputClassSizes = inputs.map(\.count)
    let size = basis.harmonics.size
    let samples = basis.harmonics.samples()
    let functions = try Self.collecting(0..<parities.classCount) { parity throws(TorchError) in
      try Self.collecting(classes.indices.filter { classes[$0] == parity }) {
        function throws(TorchError) in
        try TorchTensor(samples[function], shape: [1, 1, size, size])
          .converted(to: type, on: device)
      }
    }
    let factors = try Self.factors(of: basis)
    var parts: [Part] = []
    for parity in outputs.indices where !outputs[parity].isEmpty {
      let terms = inputs.indices.map { inputs[$0].count * functions[$0 ^ parity].count }
      guard terms.contains(where: { $0 > 0 }) else { return nil }
      let first = outputs[..<parity].reduce(0) { $0 + $1.count }
      let rows = try factors.sliced(
        axis: 2, from: first, to: first + outputs[parity].count, step: 1)
      parts.append(
        Part(
          parity: parity, size: outputs[parity].count, termCount: terms.reduce(0, +),
          factors: try Self.selecting(rows, inputs, classes.map { $0 ^ parity })
            .converted(to: type, on: device)))
    }
    self.functions = functions
    self.parts = parts
  }

  /// Maps `[N, C_in, H, W]` to `[N, C_out, H', W']` with coefficients `[F_out, F_in, b]`.
  func callAsFunction(
    _ x: TorchTensor, _ coefficients: TorchTensor, stride: Int, padding: Int
  ) throws(TorchError) -> TorchTensor {
    let maps = try maps(x, stride: stride, padding: padding)
    let outputCount = coefficients.shape[0]
    var combined: [TorchTensor] = []
    for part in parts {
      var terms: [TorchTensor] = []
      for parity in maps.indices { terms += maps[parity][part.parity ^ parity] }
      let rows = try TorchTensor.concatenating(terms, axis: 0)
      let grid = Array(rows.shape.dropFirst())  // H', W', N
      let kernel = try kernel(coefficients, part)
      let product = try kernel.matmul(rows.reshaped(to: [kernel.shape[1], -1]))
      combined.append(try product.reshaped(to: [part.size, outputCount] + grid))
    }
    let outputs = try TorchTensor.concatenating(combined, axis: 0)  // [X_out, F_out, H', W', N]
    let shape = outputs.shape
    return try outputVectors.matmul(outputs.reshaped(to: [shape[0], -1]))
      .reshaped(to: shape)
      .permuted([4, 1, 0, 2, 3])
      .reshaped(to: [shape[4], shape[1] * shape[0], shape[2], shape[3]])
  }

  /// The combinations of each class, convolved with the functions of each class:
  /// `[X_in,c * F_in, H', W', N]`.
  private func maps(
    _ x: TorchTensor, stride: Int, padding: Int
  ) throws(TorchError) -> [[[TorchTensor]]] {
    let (count, height, width) = (x.shape[0], x.shape[2], x.shape[3])
    let fieldSize = inputClassSizes.reduce(0, +)
    let fieldCount = x.shape[1] / fieldSize
    let moved = try x.reshaped(to: [count, fieldCount, fieldSize, height, width])
      .permuted([2, 1, 3, 4, 0])
      .reshaped(to: [fieldSize, -1])
    let combinations = try inputVectors.matmul(moved)
    var first = 0
    return try Self.collecting(inputClassSizes) { size throws(TorchError) in
      defer { first += size }
      let part = try combinations.sliced(axis: 0, from: first, to: first + size, step: 1)
        .reshaped(to: [size * fieldCount, height, width, count])
        .permuted([0, 3, 1, 2])
      return try Self.collecting(functions) { kernels throws(TorchError) in
        try Self.collecting(size == 0 ? [] : kernels) { kernel throws(TorchError) in
          try part.conv2d(
            weight: kernel.repeatingEach(count, axis: 0), stride: stride, padding: padding,
            groups: count
          ).permuted([0, 2, 3, 1])
        }
      }
    }
  }

  /// The matrix of one part, `[X_out,c * F_out, K * F_in]`.
  private func kernel(
    _ coefficients: TorchTensor, _ part: Part
  ) throws(TorchError) -> TorchTensor {
    let (outputs, inputs) = (coefficients.shape[0], coefficients.shape[1])
    return try coefficients.matmul(part.factors)
      .reshaped(to: [outputs, inputs, part.size, part.termCount])
      .permuted([2, 0, 3, 1])
      .reshaped(to: [part.size * outputs, part.termCount * inputs])
  }
}

extension ParityConvolution {
  /// The vectors as the rows of a matrix.
  private static func matrix(_ vectors: [[[Double]]]) throws(TorchError) -> TorchTensor {
    let rows = vectors.flatMap { $0 }
    return try TorchTensor(rows.flatMap { $0 }, shape: [rows.count, rows.count])
  }

  /// The basis in terms of combinations instead of channels: `[b, function, X_out, X_in]`.
  private static func factors(of basis: SteerableKernelBasis) throws(TorchError) -> TorchTensor {
    let parities = Parities(of: basis.input.symmetry)
    let factors = try TorchTensor(
      basis.factors(),
      shape: [
        basis.dimension, basis.output.fieldSize, basis.input.fieldSize,
        basis.harmonics.functionCount,
      ])
    return try matrix(parities.vectors(of: basis.output))
      .matmul(factors.permuted([0, 3, 1, 2]))
      .matmul(matrix(parities.vectors(of: basis.input)).permuted([1, 0]))
  }

  /// Selects from `rows`, `[b, function, X_out,c, X_in]`, the functions that belong to each class
  /// of the input: `[b, X_out,c * K]`.
  private static func selecting(
    _ rows: TorchTensor, _ inputs: [[[Double]]], _ partners: [Int]
  ) throws(TorchError) -> TorchTensor {
    let (dimension, size) = (rows.shape[0], rows.shape[2])
    var terms: [TorchTensor] = []
    var first = 0
    for (parity, vectors) in inputs.enumerated() {
      let functions = partners.indices.filter { partners[$0] == parity }.map(Int64.init)
      defer { first += vectors.count }
      guard !functions.isEmpty, !vectors.isEmpty else { continue }
      let indices = try TorchTensor(functions, shape: [functions.count])
      terms.append(
        try rows.sliced(axis: 3, from: first, to: first + vectors.count, step: 1)
          .selecting(indices, axis: 1)
          .permuted([0, 2, 1, 3])
          .reshaped(to: [dimension, size, functions.count * vectors.count]))
    }
    return try TorchTensor.concatenating(terms, axis: 2).reshaped(to: [dimension, -1])
  }

  /// A `map` whose closure may throw `TorchError`.
  private static func collecting<S: Sequence, Result>(
    _ elements: S, _ transform: (S.Element) throws(TorchError) -> Result
  ) throws(TorchError) -> [Result] {
    var results: [Result] = []
    for element in elements { results.append(try transform(element)) }
    return results
  }
}
