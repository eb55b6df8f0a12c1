// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import RealModule

/// A linear representation of a group on the channels of an output, ρ(gh) = ρ(g)·ρ(h).
enum ChannelRepresentation: Sendable, Hashable {
  /// One sign for all channels; −1 for these generators.
  case sign(of: [String])
  /// The permutations of the channels by the generators: channel *i* moves to the *i*-th number.
  case permutations([[Int]])
  /// Pairs of channels that turn by `frequency` times the angle of the element; a reflection
  /// changes the sign of the second one, as in escnn.
  case irreducible(frequency: Int)
  /// The matrices of the generators, row by row.
  case matrices([[[Double]]])
  /// Fields, whose channels are permuted.
  case fields(FieldNotation)

  /// Returns the matrix of each element on so many channels.
  func matrices(
    of group: FiniteGroup, channelCount: Int
  ) throws(OutputActionError) -> [ChannelMatrix] {
    if case .fields(let notation) = self {
      let fields: ChannelFields
      do throws(FieldError) {
        fields = try notation.fields(of: group)
      } catch {
        throw .fields(error)
      }
      guard let permutations = fields.permutations(of: group, channelCount: channelCount) else {
        throw .channelCount(
          channelCount, expected: fields.expectation(for: group), group: group.name)
      }
      return permutations.map { ChannelMatrix($0) }
    }
    guard let presentation = GroupPresentation(group) else {
      if group.order == 1 { return [.identity(channelCount)] }
      throw .noGenerators(group: group.name)
    }
    let generators = try generators(of: group, presentation, channelCount: channelCount)
    try requireRelations(presentation, generators)
    return try elements(of: group, presentation, generators, channelCount: channelCount)
  }

  /// Returns the matrices of the generators.
  private func generators(
    of group: FiniteGroup, _ presentation: GroupPresentation, channelCount: Int
  ) throws(OutputActionError) -> [ChannelMatrix] {
    let names = presentation.generators.map { group.elementNames[$0] }
    func require(_ count: Int, _ words: String) throws(OutputActionError) {
      guard count == names.count else {
        throw .generatorCount(count, of: words, generators: names, group: group.name)
      }
    }
    switch self {
    case .fields: return []
    case .sign(let negative):
      if let unknown = negative.first(where: { !names.contains($0) }) {
        throw .unknownGenerator(unknown, generators: names, group: group.name)
      }
      // Without a list: reflections, or rotations if there are none.
      let signed = negative.isEmpty ? [names[names.count - 1]] : negative
      return names.map {
        ChannelMatrix(
          diagonal: [Double](repeating: signed.contains($0) ? -1 : 1, count: channelCount))
      }
    case .permutations(let lists):
      try require(lists.count, "permutations")
      var matrices: [ChannelMatrix] = []
      for images in lists {
        guard images.count == channelCount else {
          throw .channelCount(
            channelCount, expected: "\(images.count) channels", group: group.name)
        }
        matrices.append(ChannelMatrix(Permutation(images)))
      }
      return matrices
    case .matrices(let entries):
      try require(entries.count, "matrices")
      guard entries.allSatisfy({ $0.count == channelCount }) else {
        throw .channelCount(
          channelCount, expected: "\(entries[0].count) channels", group: group.name)
      }
      return entries.map { ChannelMatrix(dense: $0) }
    case .irreducible(let frequency):
      guard channelCount.isMultiple(of: 2) else {
        throw .channelCount(channelCount, expected: "pairs of channels", group: group.name)
      }
      return presentation.generators.map { g in
        if group.elementNames[g].hasSuffix("s") {
          return ChannelMatrix(diagonal: (0..<channelCount).map { $0.isMultiple(of: 2) ? 1 : -1 })
        }
        let turns = group.order(of: g)
        let angle = 2 * Double.pi * Double(frequency % turns) / Double(turns)
        let (c, s) = (Double.cos(angle), Double.sin(angle))
        return ChannelMatrix(
          rows: (0..<channelCount).map { channel in
            let pair = channel / 2 * 2
            let weights = channel == pair ? (c, -s) : (s, c)
            return [
              ChannelMatrix.Entry(column: pair, weight: weights.0),
              ChannelMatrix.Entry(column: pair + 1, weight: weights.1),
            ]
          })
      }
    }
  }

  private func requireRelations(
    _ presentation: GroupPresentation, _ matrices: [ChannelMatrix]
  ) throws(OutputActionError) {
    for relation in presentation.relations {
      let product = relation.word.reduce(.identity(matrices[0].count)) { product, g in
        presentation.generators.firstIndex(of: g).map { product * matrices[$0] } ?? product
      }
      let defect = product.distance(to: .identity(product.count))
      guard defect <= ChannelMatrix.tolerance else {
        throw .brokenRelation(relation.name, defect: defect)
      }
    }
  }

  /// Returns the matrices of all elements, each a product of an element before it and a generator.
  private func elements(
    of group: FiniteGroup, _ presentation: GroupPresentation, _ matrices: [ChannelMatrix],
    channelCount: Int
  ) throws(OutputActionError) -> [ChannelMatrix] {
    var known: [FiniteGroup.Element: ChannelMatrix] = [0: .identity(channelCount)]
    var open = [0]
    while let g = open.popLast() {
      guard let matrix = known[g] else { continue }
      for (s, generator) in zip(presentation.generators, matrices) {
        let product = group.product(g, s)
        guard known[product] == nil else { continue }
        known[product] = matrix * generator
        open.append(product)
      }
    }
    var result: [ChannelMatrix] = []
    for g in group.elements {
      guard let matrix = known[g] else { throw .noGenerators(group: group.name) }
      result.append(matrix)
    }
    return result
  }
}
