// SPDX-License-Identifier: MIT

/// The permutations of channels that agree best with the similarities of some examples: one of its
/// own for each element, and a representation of the group; with signs if the similarities permit them.
struct PermutationFit: Sendable {
  /// The best permutation for each element by itself; that of the identity moves nothing.
  let own: [SignedPermutation]

  /// The permutations of a representation (``RepresentationSearch``).
  let representation: [SignedPermutation]

  /// The share of the channels that were assigned on which ``own`` violates each relation.
  let defects: [Double]

  /// The largest advantage, for each example, that a channel's own place gets, so that channels that
  /// are all alike keep their places and signs.
  private static let ownPlaceAdvantage: Float = 1e-6

  /// Fits permutations of the given channels; the others keep their places.
  ///
  /// - Complexity: An assignment of the channels for each element, and the search.
  init(
    _ similarity: ChannelSimilarity, channels: [Int], of group: FiniteGroup,
    presentation: GroupPresentation
  ) {
    let count = channels.count
    let advantage = Self.ownPlaceAdvantage * Float(similarity.exampleCount)
    let matrices = group.elements.dropFirst().map { g in
      var matrix = similarity.matrix(g, of: channels)
      for channel in 0..<count { matrix[channel * count + channel] += advantage }
      return matrix
    }
    let negatives =
      similarity.permitsSigns
      ? group.elements.dropFirst().map { similarity.negativeMatrix($0, of: channels) } : []
    var own = [SignedPermutation](repeating: .identity(count), count: group.order)
    own.withUnsafeMutableBufferPointer { result in
      // Each call writes its own place.
      nonisolated(unsafe) let result = result
      inParallel(group.order - 1) { index in
        result[index + 1] = Self.best(
          matrices[index], negative: negatives.isEmpty ? nil : negatives[index], count: count)
      }
    }
    let generators = Dictionary(
      uniqueKeysWithValues: presentation.generators.map { ($0, own[$0]) })
    defects = presentation.relations.map { relation in
      let violations = (0..<count).count { !relation.holds(for: $0, under: generators) }
      return Double(violations) / Double(max(count, 1))
    }
    let search = RepresentationSearch(
      PairEvidence(matrices, negative: negatives, itemCount: count, of: group), of: group,
      presentation: presentation, from: generators)
    self.own = own.map { $0.extended(to: similarity.channelCount, at: channels) }
    representation = search.permutations.map {
      $0.extended(to: similarity.channelCount, at: channels)
    }
  }

  /// Returns the permutation with the largest similarity, with the better sign for each item if there
  /// are similarities to negative items.
  private static func best(
    _ similarities: [Float], negative: [Float]?, count: Int
  ) -> SignedPermutation {
    let profits = negative.map { zip(similarities, $0).map(max) } ?? similarities
    // Row a is a channel of f(gx), and its column the channel of f(x) that moves there.
    let permutation = Permutation(
      LinearAssignment(maximizing: profits, count: count).columns
    ).inverse
    guard let negative else { return SignedPermutation(permutation) }
    return SignedPermutation(
      permutation,
      isNegative: permutation.images.enumerated().map { item, image in
        negative[image * count + item] > similarities[image * count + item]
      })
  }
}
