// SPDX-License-Identifier: MIT

import GEED

extension ProtoNode {
  /// Whether the operator is a convolution or a matrix product.
  var isLinear: Bool {
    isStandard && ["Conv", "ConvTranspose", "Gemm", "MatMul"].contains(opType)
  }
}

extension SymmetryTracker {
  /// The maximum number of entries of a matrix that is compared on its whole basis.
  private static let largestMatrix = 1 << 25
  /// The maximum number of entries of the matrix of a convolution, for groups that interpolate.
  private static let largestConvolution = 1 << 22

  /// Compares the two sides of W φ_X(g) = φ_Y(g) W for one operator.
  func linearLayer(_ node: ProtoNode, name: String) -> OnnxLinearLayer {
    let weightName = node.input.count > 1 ? node.input[1] : ""
    var commutator: CommutatorNorm?
    var reason: String?
    do {
      commutator = try self.commutator(of: node, name: name)
    } catch let error as UnreadableConstant {
      reason = error.reason
    } catch {
      reason = "\(error)"
    }
    return OnnxLinearLayer(
      name: name, operation: node.opType, weightShape: constants.shape(of: weightName),
      commutator: commutator, reason: reason)
  }

  private func commutator(of node: ProtoNode, name: String) throws -> CommutatorNorm {
    guard node.input.count > 1, symmetry(of: node.input[0]) != nil,
      let weights = try constants.tensor(node.input[1])
    else { throw UnreadableConstant(reason: "its weights are no constant of the file") }
    guard weights.scalars.allSatisfy(\.isFinite) else {
      throw UnreadableConstant(reason: "its weights are not all finite")
    }
    switch (node.opType, layout(of: node.input[0]) ?? .lost) {
    case ("ConvTranspose", _):
      throw UnreadableConstant(reason: "transposed convolutions are not read")
    case ("Conv", .grid([2, 3])):
      return try commutator(ofConvolution: weights, node, name: name)
    case ("Conv", _):
      throw UnreadableConstant(reason: "it does not act on a grid that the group moves")
    case (_, .grid([1, 2])) where node.opType == "MatMul" && weights.shape.count == 2:
      // The same matrix at every position: a convolution with a single pixel.
      return try commutator(
        ofConvolution: Tensor(repeating: 1, shape: [1, 1, 1, 1]), node, name: name)
    case (_, .flat(let grid)):
      return try commutator(ofMatrix: weights, node, grid: grid)
    case (_, .none):
      throw UnreadableConstant(reason: "the group does not act on what it takes")
    default:
      throw UnreadableConstant(reason: "where its input keeps the grid is not known")
    }
  }

  private func commutator(
    ofConvolution weights: Tensor, _ node: ProtoNode, name: String
  ) throws -> CommutatorNorm {
    guard weights.shape.count == 4 else {
      throw UnreadableConstant(reason: "it is not two-dimensional")
    }
    guard let size = gridSize(of: node.input[0]) else {
      throw UnreadableConstant(reason: "the size of its grid is not known (--input-shape)")
    }
    let output = gridSize(of: name)
    guard
      let convolution = Convolution(node, kernel: weights, size: size, outputSize: output)
    else { throw UnreadableConstant(reason: "its attributes do not fit its weights") }
    let (inputFields, outputFields) = (fields(of: node.input[0]), outputFields(of: node, name))
    if let norm = try convolution.commutator(
      under: action, size: size, outputSize: output, inputFields: inputFields,
      outputFields: outputFields)
    {
      return norm
    }
    let outputSize = output ?? convolution.outputSize(for: size)
    let entries =
      convolution.inputChannelCount * size.rows * size.columns * convolution.outputChannelCount
      * outputSize.rows * outputSize.columns
    guard entries <= Self.largestConvolution else {
      throw UnreadableConstant(
        reason: "\(action.group.name) interpolates, and \(entries) entries are too many to compare")
    }
    let matrix = convolution.matrix(on: size, outputSize: output)
    return matrix.commutator(
      inputAction: try FieldAction(action, fields: inputFields).prepared(for: matrix.inputShape),
      outputAction: try FieldAction(action, fields: outputFields).prepared(
        for: matrix.outputShape))
  }

  private func commutator(
    ofMatrix weights: Tensor, _ node: ProtoNode, grid: [Int]
  ) throws -> CommutatorNorm {
    let count = Tensor.count(of: grid)
    guard weights.shape.count == 2 else {
      throw UnreadableConstant(reason: "its weights are no matrix")
    }
    let isTransposed = node.opType == "Gemm" && node.integer("transB") == 1
    let (rows, columns) = (weights.shape[isTransposed ? 0 : 1], weights.shape[isTransposed ? 1 : 0])
    guard columns == count, node.integer("transA") ?? 0 == 0 else {
      throw UnreadableConstant(reason: "its weights do not fit the flattened grid")
    }
    guard rows * columns <= Self.largestMatrix else {
      throw UnreadableConstant(reason: "\(rows * columns) entries are too many to compare")
    }
    let map = LinearMap(
      inputShape: grid, outputShape: [rows],
      entries: (0..<rows * columns).map {
        Double(
          weights.scalars[isTransposed ? $0 : $0 % columns * rows + $0 / columns])
      })
    return map.commutator(
      inputAction: try action.prepared(for: grid),
      outputAction: try TrivialAction(action.group).prepared(for: [rows]))
  }

  /// Returns the numbers of rows and columns of a tensor, by default in the order `[N, C, H, W]`.
  func gridSize(of name: String) -> Size2D? {
    let axes: [Int] = if case .grid(let axes) = layout(of: name) { axes } else { [2, 3] }
    guard let shape = shape(of: name), shape.count == 4, let rows = shape[axes[0]],
      let columns = shape[axes[1]]
    else { return nil }
    return Size2D(rows: rows, columns: columns)
  }
}

extension Convolution {
  /// Creates the convolution, or the window of a pooling, that a node describes; `nil` if its
  /// attributes are not those of two axes.
  init?(_ node: ProtoNode, kernel: Tensor, size: Size2D, outputSize: Size2D?) {
    let groups = node.opType == "Conv" ? node.integer("group") ?? 1 : 1
    let strides = node.integers("strides") ?? [1, 1]
    let dilations = node.integers("dilations") ?? [1, 1]
    var pads = node.integers("pads") ?? [0, 0, 0, 0]
    guard strides.count == 2, dilations.count == 2, pads.count == 4, groups > 0,
      kernel.shape[0].isMultiple(of: groups), !kernel.scalars.isEmpty,
      (strides + dilations).allSatisfy({ $0 > 0 })
    else { return nil }
    if let automatic = node.text("auto_pad"), automatic.hasPrefix("SAME") {
      let lengths = [size.rows, size.columns]
      for axis in 0..<2 {
        let span = dilations[axis] * (kernel.shape[2 + axis] - 1) + 1
        let count = (lengths[axis] + strides[axis] - 1) / strides[axis]
        let total = max((count - 1) * strides[axis] + span - lengths[axis], 0)
        pads[axis] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axis + 2] = total - pads[axis]
      }
    }
    self.init(
      kernel: kernel, stride: Size2D(rows: strides[0], columns: strides[1]),
      padding: GridPadding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]),
      dilation: Size2D(rows: dilations[0], columns: dilations[1]), groupCount: groups)
  }
}
