// SPDX-License-Identifier: MIT
// LeViT, sections 4.2 and 4.3, https://arxiv.org/abs/2104.01136.

import GEEDTorch

/// One stage of ``LeViT``: optional attention that halves the grid, then alternating blocks of
/// attention and of two layers for each token.
///
/// Tokens are `[N, T, C]`, in the row-major order of the grid. Q is the number of queries, h the
/// number of heads, d the length of a key, and e the length of a value.
struct LeViTStage: Sendable {
  private let downsample: (attention: DownsamplingAttention, mlp: TokenMLP)?
  private let blocks: [(attention: SelfAttention, mlp: TokenMLP)]
  private let width: Int
  /// The number of rows and of columns of the grid after this stage.
  let side: Int

  /// - Parameter side: The number of rows and of columns of the grid before this stage.
  init(
    _ index: Int, _ settings: LeViTSettings, side: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    let width = settings.widths[index]
    if index == 0 {
      downsample = nil
      self.side = side
    } else {
      let place = p / "downsample"
      let before = settings.widths[index - 1]
      let heads = AttentionHeads(
        count: before / settings.keySize, keySize: settings.keySize,
        valueSize: 4 * settings.keySize)
      downsample = (
        try DownsamplingAttention(
          before, width, heads, side: side, parameters: place / "attn_downsample"),
        try TokenMLP(width, parameters: place / "mlp")
      )
      self.side = (side + 1) / 2
    }
    let heads = AttentionHeads(
      count: settings.headCounts[index], keySize: settings.keySize,
      valueSize: 2 * settings.keySize)
    var blocks: [(SelfAttention, TokenMLP)] = []
    for block in 0..<settings.depths[index] {
      let place = p / "blocks" / block
      blocks.append(
        (
          try SelfAttention(width, heads, side: self.side, parameters: place / "attn"),
          try TokenMLP(width, parameters: place / "mlp")
        ))
    }
    self.blocks = blocks
    self.width = width
  }

  /// Maps `[N, C, H, W]` to `[N, C', H', W']`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    let shape = x.shape
    let channelsFirst = try x.reshaped(to: [-1, shape[1], shape[2] * shape[3]])
    var y = try channelsFirst.permuted([0, 2, 1])  // [N, T, C]
    if let downsample {
      y = try downsample.attention(y, mode)  // [N, Q, C']
      y = try y + downsample.mlp(y, mode)
    }
    for block in blocks {
      y = try y + block.attention(y, mode)
      y = try y + block.mlp(y, mode)
    }
    return try y.permuted([0, 2, 1]).reshaped(to: [-1, width, side, side])
  }
}

/// Attention from all tokens to all tokens.
private struct SelfAttention: Sendable {
  let queriesKeysValues: LinearNorm
  let projection: LinearNorm
  let biases: OffsetBiases
  let heads: AttentionHeads

  init(
    _ width: Int, _ heads: AttentionHeads, side: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    biases = try OffsetBiases(heads.count, side: side, step: 1, parameters: p)
    queriesKeysValues = try LinearNorm(
      width, heads.count * (2 * heads.keySize + heads.valueSize), parameters: p / "qkv")
    projection = try LinearNorm(
      heads.count * heads.valueSize, width, scale: .zeros, parameters: p / "proj" / "ln")
    self.heads = heads
  }

  /// Returns a tensor of the same shape, `[N, T, C]`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    let all = try heads.split(queriesKeysValues(x, mode))  // [N, h, T, 2 d + e]
    let d = heads.keySize
    let values = try heads.attend(
      queries: all.sliced(axis: 3, from: 0, to: d, step: 1),
      keys: all.sliced(axis: 3, from: d, to: 2 * d, step: 1),
      values: all.sliced(axis: 3, from: 2 * d, to: nil, step: 1), biases)  // [N, T, h e]
    return try projection(values.hardswish(), mode)
  }
}

/// Attention from every second token of every second row to all tokens.
private struct DownsamplingAttention: Sendable {
  let keysValues: LinearNorm
  let queries: LinearNorm
  let projection: LinearNorm
  let biases: OffsetBiases
  let heads: AttentionHeads
  let side: Int

  init(
    _ inputs: Int, _ outputs: Int, _ heads: AttentionHeads, side: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    biases = try OffsetBiases(heads.count, side: side, step: 2, parameters: p)
    keysValues = try LinearNorm(
      inputs, heads.count * (heads.keySize + heads.valueSize), parameters: p / "kv")
    queries = try LinearNorm(inputs, heads.count * heads.keySize, parameters: p / "q" / "ln")
    projection = try LinearNorm(
      heads.count * heads.valueSize, outputs, parameters: p / "proj" / "ln")
    self.heads = heads
    self.side = side
  }

  /// Maps `[N, T, C]` to `[N, Q, C']`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    let width = x.shape[2]
    let asking = try x.reshaped(to: [-1, side, side, width])
      .sliced(axis: 1, from: 0, to: nil, step: 2)
      .sliced(axis: 2, from: 0, to: nil, step: 2)
      .reshaped(to: [-1, biases.queryCount, width])  // [N, Q, C]
    let all = try heads.split(keysValues(x, mode))  // [N, h, T, d + e]
    let values = try heads.attend(
      queries: heads.split(queries(asking, mode)),  // [N, h, Q, d]
      keys: all.sliced(axis: 3, from: 0, to: heads.keySize, step: 1),
      values: all.sliced(axis: 3, from: heads.keySize, to: nil, step: 1), biases)  // [N, Q, h e]
    return try projection(values.hardswish(), mode)
  }
}

/// The division of attention into heads.
private struct AttentionHeads: Sendable {
  let count: Int
  let keySize: Int
  let valueSize: Int

  /// Maps `[N, T, h · s]` to `[N, h, T, s]`.
  func split<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let shape = x.shape
    return try x.reshaped(to: [-1, shape[1], count, shape[2] / count]).permuted([0, 2, 1, 3])
  }

  /// Queries `[N, h, Q, d]`, keys `[N, h, T, d]` and values `[N, h, T, e]` to `[N, Q, h · e]`.
  func attend<T: NetworkTensor>(
    queries: T, keys: T, values: T, _ biases: OffsetBiases
  ) throws(TorchError) -> T {
    let products = try queries.matmul(keys.permuted([0, 1, 3, 2]))  // [N, h, Q, T]
    let weights = try products.scaled(by: 1 / Double(keySize).squareRoot())
      .adding(biases.table()).softmax(axis: -1)
    return try weights.matmul(values).permuted([0, 2, 1, 3])  // [N, Q, h, e]
      .reshaped(to: [-1, biases.queryCount, count * valueSize])
  }
}

/// The bias that each head adds for a query and a key, which depends on their offset in rows and
/// columns.
private struct OffsetBiases: Sendable {
  let queryCount: Int
  private let keyCount: Int
  private let biases: TorchTensor  // [h, T]: one for each offset
  private let offsets: TorchTensor  // [Q * T]

  /// - Parameter step: The distance between neighboring queries, in rows and columns.
  init(
    _ headCount: Int, side: Int, step: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    let queries = Array(stride(from: 0, to: side, by: step))
    var offsets: [Int64] = []
    for (row, column) in queries.flatMap({ row in queries.map { (row, $0) } }) {
      for key in 0..<side * side {
        offsets.append(Int64(abs(row - key / side) * side + abs(column - key % side)))
      }
    }
    queryCount = queries.count * queries.count
    keyCount = side * side
    biases = try p.parameter("attention_biases", shape: [headCount, keyCount], .zeros)
    self.offsets = try TorchTensor(offsets, shape: [offsets.count], device: p.store.device)
  }

  /// The biases of all queries and keys, `[h, Q, T]`.
  func table() throws(TorchError) -> TorchTensor {
    try biases.selecting(offsets, axis: 1).reshaped(to: [-1, queryCount, keyCount])
  }
}

/// Two layers that act on one token at a time, the first of double width.
private struct TokenMLP: Sendable {
  let widen: LinearNorm
  let narrow: LinearNorm

  init(_ width: Int, parameters p: ParameterPath) throws(TorchError) {
    widen = try LinearNorm(width, 2 * width, parameters: p / "ln1")
    narrow = try LinearNorm(2 * width, width, scale: .zeros, parameters: p / "ln2")
  }

  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try narrow(widen(x, mode).hardswish(), mode)
  }
}

/// A matrix without bias, followed by batch normalization over all tokens.
private struct LinearNorm: Sendable {
  let linear: Linear
  let norm: BatchNorm
  let outputs: Int

  /// - Parameter scale: The initial scale of the normalization. If it is 0 and the output is added
  ///   to the input, the sum starts as the identity.
  init(
    _ inputs: Int, _ outputs: Int, scale: Initializer = .ones, parameters p: ParameterPath
  ) throws(TorchError) {
    linear = try Linear(inputs, outputs, bias: false, parameters: p / "linear")
    norm = try BatchNorm(outputs, weights: scale, parameters: p / "bn")
    self.outputs = outputs
  }

  /// Maps `[N, T, C]` to `[N, T, C']`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    let y = try linear(x)
    // Batch normalization acts on axis 1, so the tokens of all examples are stacked along axis 0.
    return try norm(y.reshaped(to: [-1, outputs]), mode)
      .reshaped(to: [-1, x.shape[1], outputs])
  }
}
