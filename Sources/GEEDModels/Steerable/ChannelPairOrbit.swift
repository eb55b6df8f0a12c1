// SPDX-License-Identifier: MIT

import GEED

/// The orbit of a pair of an output channel and an input channel under a group.
struct ChannelPairOrbit {
  /// Every pair of the orbit once, with an element that maps the first pair to it.
  private(set) var members: [Member]
  /// The elements that map the first pair to itself.
  private(set) var stabilizer: [FiniteGroup.Element] = []

  struct Member {
    let element: FiniteGroup.Element
    let pair: SteerableKernelBasis.Pair
  }

  /// All orbits of the pairs of channels of two fields, in the order of their first pairs.
  static func all(from input: FeatureFields, to output: FeatureFields) -> [ChannelPairOrbit] {
    let group = input.symmetry.group
    let outputs = output.type.permutations(of: group).map(\.images)
    let inputs = input.type.permutations(of: group).map(\.images)
    var isKnown = [Bool](repeating: false, count: output.fieldSize * input.fieldSize)
    var orbits: [ChannelPairOrbit] = []
    for first in isKnown.indices where !isKnown[first] {
      let (o, i) = first.quotientAndRemainder(dividingBy: input.fieldSize)
      var orbit = ChannelPairOrbit(members: [])
      for g in group.elements {
        let pair = SteerableKernelBasis.Pair(output: outputs[g][o], input: inputs[g][i])
        let position = pair.output * input.fieldSize + pair.input
        if position == first { orbit.stabilizer.append(g) }
        if !isKnown[position] { orbit.members.append(Member(element: g, pair: pair)) }
        isKnown[position] = true
      }
      orbits.append(orbit)
    }
    return orbits
  }

  /// An orthonormal basis of the factors (a, b) of a·cos(mθ) + b·sin(mθ) that are invariant under
  /// the stabilizer: the image of the mean of its turns, which is a projection.
  func invariants(of frequency: Int, under symmetry: PlanarGroup) -> [(Double, Double)] {
    guard frequency > 0 else { return [(1, 0)] }
    let turns = stabilizer.map { symmetry.harmonicTurn(of: $0, frequency: frequency) }
    let share = 1 / Double(turns.count)
    let columns = [(1.0, 0.0), (0.0, 1.0)].map { a, b in
      turns.reduce((0.0, 0.0)) { sum, turn in
        let image = turn(a, b)
        return (sum.0 + share * image.0, sum.1 + share * image.1)
      }
    }
    switch (columns[0].0 + columns[1].1).rounded() {  // the trace of a projection is its rank
    case 2: return [(1, 0), (0, 1)]
    case 1:
      let column = columns[0].0 >= columns[1].1 ? columns[0] : columns[1]
      let length = (column.0 * column.0 + column.1 * column.1).squareRoot()
      return [(column.0 / length, column.1 / length)]
    default: return []
    }
  }

  /// The kernels on all pairs of the orbit that follow from a kernel on its first pair.
  func carrying(
    _ invariant: (Double, Double), frequency: Int, under symmetry: PlanarGroup
  ) -> [SteerableKernelBasis.Entry] {
    members.map { member in
      let turn = symmetry.harmonicTurn(of: member.element, frequency: frequency)
      let (cosine, sine) = frequency == 0 ? (1, 0) : turn(invariant.0, invariant.1)
      return SteerableKernelBasis.Entry(
        pair: member.pair, cosine: cosine, sine: sine)
    }
  }
}
