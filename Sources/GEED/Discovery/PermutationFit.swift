// SPDX-License-Identifier: MIT

/// The permutations of channels that agree best with the similarities of some examples: one of its
/// own for each element, and a representation of the group.
struct PermutationFit: Sendable {
  /// The best permutation for each element by itself; that of the identity moves nothing.
  let own: [Permutation]

  /// The permutations of a representation (``RepresentationSearch``).
  let representation: [Permutation]

  /// The share of the channels that were assigned on which ``own`` violates each relation.
  let defects: [Double]

  /// The largest advantage, for each example, that a channel's own place gets, so that channels that
  /// are all alike keep their places.
  private static let homeAdvantage: Float = 1e-6

  /// Fits permutations of the given channels; the others keep their places.
  ///
  /// - Complexity: An assignment of the channels for each element, and the search.
  init(
    _ similarity: ChannelSimilarity, channels: [Int], of group: FiniteGroup,
    presentation: GroupPresentation
  ) {
    let count = channels.count
    let advantage = Self.homeAdvantage * Float(similarity.exampleCount)
    let matrices = group.elements.dropFirst().map { g in
      var matrix = similarity.matrix(g, of: channels)
      for channel in 0..<count { matrix[channel * count + channel] += advantage }
      return matrix
    }
    var own = [Permutation](repeating: .identity(count), count: group.order)
    own.withUnsafeMutableBufferPointer { result in
      // Each call writes its own place.
      nonisolated(unsafe) let result = result
      inParallel(group.order - 1) { index in
        // Row a is a channel of f(gx), and its column the channel of f(x) that moves there.
        let assignment = LinearAssignment(maximizing: matrices[index], count: count)
        result[index + 1] = Permutation(assignment.columns).inverse
      }
    }
    let generators = Dictionary(
      uniqueKeysWithValues: presentation.generators.map { ($0, own[$0]) })
    defects = presentation.relations.map { relation in
      let violations = (0..<count).count { relation.image(of: $0, under: generators) != $0 }
      return Double(violations) / Double(max(count, 1))
    }
    let search = RepresentationSearch(
      PairEvidence(matrices, itemCount: count, of: group), of: group, presentation: presentation,
      from: generators)
    func extended(_ permutation: Permutation) -> Permutation {
      var images = Array(0..<similarity.channelCount)
      for (position, image) in permutation.images.enumerated() {
        images[channels[position]] = channels[image]
      }
      return Permutation(images)
    }
    self.own = own.map(extended)
    representation = search.permutations.map(extended)
  }
}
