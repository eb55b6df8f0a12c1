// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

// Properties of equivariant maps, with random finite groups, representations and maps. They belong to
// § 3.1 of Kvinge et al. 2022, where Propositions 3.1 and 3.2 stand; the wording here is not the
// paper's. What is checked:
//
// One linear map. W is equivariant if and only if W φ_X(g) = φ_Y(g) W on a basis of X, for generators
//   g; if and only if E(W, G) = 0, in a distance that is 0 only for equal vectors, on examples that
//   span X. Averaging over the group gives an equivariant map and changes no equivariant one.
// Several layers. If f₁ and f₂ are equivariant so is f₂ ∘ f₁; if f₁ is equivariant and f₂ invariant,
//   f₂ ∘ f₁ is invariant; and E(f₂ ∘ f₁) ≤ L·E(f₁) in ℓ₂ for an equivariant f₂ with Lipschitz
//   constant L.

/// What one seed stands for: a group, two or three representations and random maps between them.
private struct Draw {
  let group: FiniteGroup
  let representations: [MatrixRepresentation]
  let actions: [PreparedAction]
  var generator: SplitMix64

  init(seed: UInt64, permutationsOnly: Bool = false) throws {
    var generator = SplitMix64(seed: seed)
    let group = randomGroup(using: &generator)
    let representations = (0..<3).map { _ in
      MatrixRepresentation.random(
        group, permutationsOnly: permutationsOnly, using: &generator)
    }
    self.group = group
    self.representations = representations
    actions = try representations.map { try $0.prepared() }
    self.generator = generator
  }

  mutating func randomMap(from i: Int, to j: Int) -> LinearMap {
    .random(actions[i].shape, to: actions[j].shape, using: &generator)
  }

  mutating func equivariantMap(from i: Int, to j: Int) -> LinearMap {
    randomMap(from: i, to: j).projected(inputAction: actions[i], outputAction: actions[j])
  }
}

/// E(f, G) in ℓ₂ for a map of one representation to another, over given examples.
private func deviation(
  of f: ([Double]) -> [Double], from input: PreparedAction, to output: PreparedAction,
  on examples: [[Double]]
) throws -> Double {
  var estimator = DeviationEstimator(outputAction: output, distance: .euclidean)
  for x in examples {
    let orbit = input.orbit(of: Tensor(shape: input.shape, scalars: x.map(Float.init)))
    estimator.add(
      orbitOutputs: .stacking(
        (0..<orbit.rowCount).map { row in
          Tensor(
            shape: output.shape, scalars: f(orbit.row(row).scalars.map(Double.init)).map(Float.init)
          )
        }))
  }
  return try #require(estimator.estimate).value
}

private func basis(_ count: Int) -> [[Double]] {
  (0..<count).map { i in (0..<count).map { $0 == i ? 1 : 0 } }
}

// Outputs are stored as Float, 6e-8 relative; maps here have norms of up to about 20.
private let rounding = 1e-5

@Suite struct PropositionTests {
  @Test("One map: projected onto the equivariant maps, W commutes and E is 0", arguments: 0..<24)
  func equivariantMapsHaveNoDeviation(seed: UInt64) throws {
    var draw = try Draw(seed: seed)
    let (input, output) = (draw.actions[0], draw.actions[1])
    let map = draw.equivariantMap(from: 0, to: 1)
    let norm = map.commutator(inputAction: input, outputAction: output)
    // A map can only be 0 up to rounding when no other is equivariant; its norm then says nothing.
    if map.norm > 1e-9 { #expect(norm.largest < 1e-12) }
    let examples = basis(map.inputCount) + [randomVector(map.inputCount, using: &draw.generator)]
    #expect(try deviation(of: { map($0) }, from: input, to: output, on: examples) < rounding)
  }

  @Test("One map: E on a basis is 0 if and only if W commutes", arguments: 0..<24)
  func otherMapsHaveDeviation(seed: UInt64) throws {
    var draw = try Draw(seed: seed)
    let (input, output) = (draw.actions[0], draw.actions[1])
    let map = draw.randomMap(from: 0, to: 1)
    let norm = map.commutator(inputAction: input, outputAction: output)
    let found = try deviation(
      of: { map($0) }, from: input, to: output, on: basis(map.inputCount))
    if norm.largest < 1e-12 {
      #expect(found < rounding)
    } else {
      #expect(norm.largest > 1e-3 && found > 1e-3)
    }
  }

  @Test("One map: generators decide for the whole group", arguments: 0..<24)
  func generatorsDecide(seed: UInt64) throws {
    var draw = try Draw(seed: seed)
    let (input, output) = (draw.actions[0], draw.actions[1])
    let generators = Subgroup(of: draw.group, generatedBy: Array(draw.group.elements)).generators
    // Equivariant under a subgroup only, which may or may not be the whole group.
    let subgroups = draw.group.subgroups()
    let subgroup = subgroups[draw.generator.next(below: subgroups.count)]
    let map = draw.randomMap(from: 0, to: 1).projected(
      inputAction: input.restricted(to: subgroup), outputAction: output.restricted(to: subgroup))
    guard map.norm > 1e-9 else { return }
    let norm = map.commutator(inputAction: input, outputAction: output)
    let commutesWithGenerators = generators.allSatisfy { norm.perElement[$0] < 1e-12 }
    #expect(commutesWithGenerators == (norm.largest < 1e-12))
    for g in subgroup.elements { #expect(norm.perElement[g] < 1e-12) }
  }

  @Test(
    "One map: averaging is a projection, and the commutator bounds the way to it", arguments: 0..<24
  )
  func averagingProjects(seed: UInt64) throws {
    var draw = try Draw(seed: seed)
    let (input, output) = (draw.actions[0], draw.actions[1])
    let map = draw.randomMap(from: 0, to: 1)
    let once = map.projected(inputAction: input, outputAction: output)
    let twice = once.projected(inputAction: input, outputAction: output)
    for (a, b) in zip(once.entries, twice.entries) { expectClose(a, b, tolerance: 1e-12) }
    // ‖W − P(W)‖ is at most the mean over g of ‖W − φ_Y(g⁻¹) W φ_X(g)‖.
    let difference = zip(map.entries, once.entries).reduce(0.0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
    }
    let norm = map.commutator(inputAction: input, outputAction: output)
    let mean = norm.perElement.reduce(0, +) / Double(draw.group.order)
    #expect(difference.squareRoot() <= mean * map.norm + 1e-9)
  }

  @Test("Layers: equivariant maps compose to equivariant maps", arguments: 0..<24)
  func equivariantComposition(seed: UInt64) throws {
    var draw = try Draw(seed: seed, permutationsOnly: true)
    let first = draw.equivariantMap(from: 0, to: 1)
    let second = draw.equivariantMap(from: 1, to: 2)
    let examples = (0..<5).map { _ in randomVector(first.inputCount, using: &draw.generator) }
    // A rectifier in between is equivariant, since the group only moves coordinates.
    let network: ([Double]) -> [Double] = { x in second(first(x).map { max($0, 0) }) }
    #expect(
      try deviation(of: network, from: draw.actions[0], to: draw.actions[2], on: examples)
        < rounding)
    let composed = second.composed(with: first)
    guard composed.norm > 1e-9 else { return }
    #expect(
      composed.commutator(inputAction: draw.actions[0], outputAction: draw.actions[2]).largest
        < 1e-12)
  }

  @Test("Layers: an invariant map after equivariant ones is invariant", arguments: 0..<24)
  func invariantComposition(seed: UInt64) throws {
    var draw = try Draw(seed: seed, permutationsOnly: true)
    let nothing = try TrivialAction(draw.group).prepared(for: [2])
    let first = draw.equivariantMap(from: 0, to: 1)
    let second = LinearMap.random(draw.actions[1].shape, to: [2], using: &draw.generator)
      .projected(inputAction: draw.actions[1], outputAction: nothing)
    let examples = (0..<5).map { _ in randomVector(first.inputCount, using: &draw.generator) }
    let network: ([Double]) -> [Double] = { x in second(first(x).map { max($0, 0) }) }
    #expect(
      try deviation(of: network, from: draw.actions[0], to: nothing, on: examples) < rounding)
  }

  @Test(
    "Layers: what an equivariant layer adds to a deviation is at most its norm", arguments: 0..<24)
  func deviationOfAComposition(seed: UInt64) throws {
    var draw = try Draw(seed: seed)
    let first = draw.randomMap(from: 0, to: 1)
    let second = draw.equivariantMap(from: 1, to: 2)
    let examples = (0..<5).map { _ in randomVector(first.inputCount, using: &draw.generator) }
    // f̂ is the mean over the kernel of the output action, so the two sides can be compared only where
    // the kernels are equal.
    guard draw.actions[1].kernel == draw.actions[2].kernel else { return }
    let inside = try deviation(
      of: { first($0) }, from: draw.actions[0], to: draw.actions[1], on: examples)
    let outside = try deviation(
      of: { second(first($0)) }, from: draw.actions[0], to: draw.actions[2], on: examples)
    #expect(outside <= second.norm * inside + rounding)
  }

  @Test("Layers: the rectifier has to be equivariant: where the group mixes coordinates it is not")
  func rectifierBreaksTurns() throws {
    let plane = try MatrixRepresentation.plane(.cyclic(8), turnCount: 8).prepared()
    let found = try deviation(
      of: { $0.map { max($0, 0) } }, from: plane, to: plane, on: basis(2))
    #expect(found > 0.1)
  }
}
