// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

/// One convolution on one grid.
struct ConvolutionSetting: Sendable, CustomTestStringConvertible {
  var group = "D4"
  var side = 6
  var kernel = Size2D(3)
  var stride = Size2D(1)
  var padding = GridPadding(1)
  var dilation = Size2D(1)
  var groups = 1
  var input = FieldType.trivial
  var output = FieldType.trivial
  var seed: UInt64 = 1

  var testDescription: String {
    "\(group) on \(side), kernel \(kernel), stride \(stride), padding \(padding), "
      + "dilation \(dilation), \(groups) groups, \(input) to \(output)"
  }

  func action() throws -> ImageAction { try #require(GroupName(group)?.action()) }

  /// A random kernel, or a kernel of 2 × runs channels if the fields are not trivial.
  func convolution() throws -> Convolution {
    let order = try action().group.order
    func channels(_ field: FieldType) -> Int {
      switch field {
      case .trivial: 2 * groups
      case .regular: order
      case .quotient(let subgroup): subgroup.index
      }
    }
    var generator = SplitMix64(seed: seed)
    let shape = [channels(output), channels(input) / groups, kernel.rows, kernel.columns]
    return Convolution(
      kernel: .random(shape, using: &generator), stride: stride, padding: padding,
      dilation: dilation, groupCount: groups)
  }

  static let all: [ConvolutionSetting] = {
    var settings: [ConvolutionSetting] = []
    for group in ["C4", "D4", "flip", "C2", "D2"] {
      for side in 4...7 {
        for stride in 1...3 {
          settings.append(.init(group: group, side: side, stride: Size2D(stride)))
        }
        settings.append(.init(group: group, side: side, kernel: Size2D(2), padding: .init(0)))
        settings.append(
          .init(
            group: group, side: side, kernel: Size2D(2), stride: Size2D(2),
            padding: .init(0)))
        settings.append(
          .init(
            group: group, side: side,
            padding: GridPadding(top: 0, left: 0, bottom: 1, right: 1), groups: 2))
      }
      settings.append(.init(group: group, padding: .init(2), dilation: Size2D(2)))
      settings.append(.init(group: group, kernel: Size2D(1), padding: .init(0), groups: 3))
      settings.append(
        .init(group: group, side: 5, kernel: Size2D(1), stride: Size2D(2), padding: .init(0)))
      settings.append(.init(group: group, side: 4, output: .regular))
      settings.append(.init(group: group, side: 4, input: .regular, output: .regular))
      settings.append(.init(group: group, side: 5, stride: Size2D(2), input: .regular))
    }
    // Turns keep rectangles of kernels apart; only half turns and reflections allow these strides.
    for group in ["C2", "D2", "flip"] {
      settings.append(
        .init(
          group: group, kernel: Size2D(rows: 1, columns: 3),
          stride: Size2D(rows: 1, columns: 2),
          padding: GridPadding(top: 0, left: 1, bottom: 0, right: 1)))
    }
    settings.append(
      .init(
        group: "D4", kernel: Size2D(rows: 1, columns: 3),
        padding: GridPadding(top: 0, left: 1, bottom: 0, right: 1)))
    let quarterTurns = Subgroup(of: .dihedral(rotationCount: 4), generatedBy: [1])
    settings.append(.init(side: 4, input: .quotient(quarterTurns), output: .regular))
    return settings
  }()
}

@Suite struct ConvolutionCommutatorTests {
  @Test(
    "The kernel alone gives the norm that the whole basis gives", arguments: ConvolutionSetting.all)
  func kernelAgainstBasis(setting: ConvolutionSetting) throws {
    let convolution = try setting.convolution()
    let action = try setting.action()
    let kernelLevel = try #require(
      try convolution.commutator(
        under: action, size: Size2D(setting.side), inputFields: ChannelFields(setting.input),
        outputFields: ChannelFields(setting.output)))
    let basisLevel = try basisCommutator(convolution, setting, action)
    #expect(kernelLevel.elements == basisLevel.elements)
    for (a, b) in zip(kernelLevel.perElement, basisLevel.perElement) {
      // Both sum the same squares in Double, in different orders.
      expectClose(a, b, tolerance: 1e-12)
    }
  }

  @Test(
    "A kernel averaged over the group is exactly equivariant", arguments: [3, 5], ["C4", "D4"])
  func symmetricKernel(size: Int, group: String) throws {
    let setting = ConvolutionSetting(
      group: group, side: 7, kernel: Size2D(size), padding: GridPadding(size / 2))
    let random = try setting.convolution().kernel
    let turned = try setting.action().prepared(for: [size, size])
    var kernel = random
    for slice in 0..<random.shape[0] * random.shape[1] {
      let range = slice * size * size..<(slice + 1) * size * size
      let image = Tensor(shape: [size, size], scalars: Array(random.scalars[range]))
      kernel.scalars.replaceSubrange(range, with: symmetrized(image, by: turned))
    }
    let convolution = Convolution(kernel: kernel, padding: setting.padding)
    let norm = try #require(
      try convolution.commutator(under: setting.action(), size: Size2D(7)))
    #expect(norm.isExact && norm.largest == 0 && norm.worstElement == nil)
    #expect(try basisCommutator(convolution, setting, setting.action()).isExact)

    // One weight off, and the two agree on by how much.
    kernel.scalars[0] += 0.25
    let perturbed = Convolution(kernel: kernel, padding: setting.padding)
    let found = try #require(
      try perturbed.commutator(under: setting.action(), size: Size2D(7)))
    #expect(!found.isExact && found.worstElement != nil)
    expectClose(
      found.largest, try basisCommutator(perturbed, setting, setting.action()).largest,
      tolerance: 1e-12)
  }

  /// A ring of ones: 3 × 3 with padding 1. Outputs at stride 2 lie symmetrically on 7 and 5 pixels
  /// (places −1…1, 1…3, … up to the last), but hang over one side of 6 and 8.
  @Test("Stride 2 keeps the symmetry on odd grids only", arguments: [5, 6, 7, 8])
  func stride(side: Int) throws {
    let convolution = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 3, 3]), stride: Size2D(2),
      padding: GridPadding(1))
    let norm = try #require(
      try convolution.commutator(under: .rotations(4), size: Size2D(side)))
    #expect(norm.isExact == !side.isMultiple(of: 2))
  }

  /// 2 × 2 windows fill even grids; on 7 pixels the last line is left out.
  @Test("Windows of 2 with stride 2 keep the symmetry on even grids only", arguments: [4, 6, 7])
  func fittingWindows(side: Int) throws {
    let pooling = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 2, 2]), stride: Size2D(2))
    let norm = try #require(try pooling.commutator(under: .rotations(4), size: Size2D(side)))
    #expect(norm.isExact == side.isMultiple(of: 2))
  }

  @Test("Turns between quarter turns are no symmetries of the grid; the basis decides")
  func interpolatedTurns() throws {
    let setting = ConvolutionSetting(group: "C8", side: 5)
    let convolution = try setting.convolution()
    #expect(try convolution.commutator(under: setting.action(), size: Size2D(5)) == nil)
    let basis = try basisCommutator(convolution, setting, setting.action())
    #expect(basis.largest > 0.1)
    // The identity kernel commutes even with resampling.
    let identity = Convolution(kernel: Tensor(repeating: 1, shape: [1, 1, 1, 1]))
    let plain = ConvolutionSetting(group: "C8", side: 5, kernel: Size2D(1), padding: .init(0))
    #expect(try basisCommutator(identity, plain, plain.action()).isExact)
  }

  @Test("Fields, grids and strides that do not fit are refused")
  func refusals() throws {
    let convolution = Convolution(kernel: Tensor(repeating: 1, shape: [3, 1, 3, 3]))
    #expect(throws: ActionError.self) {
      try convolution.commutator(
        under: .rotations(4), size: Size2D(5), outputFields: ChannelFields(.regular))
    }
    #expect(throws: ActionError.self) {
      try convolution.commutator(under: .rotations(4), size: Size2D(rows: 5, columns: 6))
    }
    let uneven = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 3, 1]), stride: Size2D(rows: 1, columns: 2))
    #expect(
      try uneven.commutator(
        under: .rotations(4), size: Size2D(5), outputSize: Size2D(3)) == nil)
  }

  private func basisCommutator(
    _ convolution: Convolution, _ setting: ConvolutionSetting, _ action: ImageAction
  ) throws -> CommutatorNorm {
    let matrix = convolution.matrix(on: Size2D(setting.side))
    return matrix.commutator(
      inputAction: try FieldAction(action, fieldType: setting.input).prepared(
        for: matrix.inputShape),
      outputAction: try FieldAction(action, fieldType: setting.output).prepared(
        for: matrix.outputShape))
  }
}

/// The mean over an orbit; each orbit is summed in one order, so that equal places get equal bits.
private func symmetrized(_ image: Tensor, by action: PreparedAction) -> [Float] {
  let counting = Tensor(
    shape: image.shape, scalars: image.scalars.indices.map(Float.init))
  let orbits = action.transformations.indices.map { action($0, counting).scalars.map { Int($0) } }
  return image.scalars.indices.map { place in
    let members = orbits.map { $0[place] }.sorted()
    return Float(members.reduce(0.0) { $0 + Double(image.scalars[$1]) } / Double(members.count))
  }
}
