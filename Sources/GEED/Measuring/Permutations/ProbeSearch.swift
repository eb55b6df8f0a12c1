// SPDX-License-Identifier: MIT

/// The search for the channel permutations of one probe: orbits of the fitted half of the examples,
/// then those of the measured half.
struct ProbeSearch: Sendable {
  let probe: Probe
  private let measurement: DeviationMeasurement
  private let recorder: ProbeRecorder
  private let group: FiniteGroup
  private let presentation: GroupPresentation
  /// The examples to fit and those to measure, as indices of the data set.
  private let halves: [[Int]]
  private var addedCount = 0
  private var obstacle: PermutationObstacle?

  /// The action on the grid of every channel.
  private var action: PreparedAction?
  private var channels = ChannelCounts()
  /// The similarities of the fitted half, until it is fitted.
  private var paired: ChannelSimilarity?
  private var shuffled: ChannelSimilarity?
  /// The first orbit of a half, and the one before, with which the next one is compared.
  private var first: OrbitDirections?
  private var previous: OrbitDirections?
  private var fits: (paired: PermutationFit, shuffled: PermutationFit)?
  /// The channels that are assigned.
  private var assigned: [Int] = []
  private var fitValues: [Pairing: Double] = [:]
  private var measured: [Pairing: [[Double]]] = [:]

  /// A set of permutations and the outputs that it is measured with.
  private enum Pairing: Hashable, CaseIterable {
    case identity, representation, own, declared, identityChance, chance, ownChance

    var isShuffled: Bool { [.identityChance, .chance, .ownChance].contains(self) }
  }

  init(_ probe: Probe, of measurement: DeviationMeasurement, halves: [[Int]]) throws {
    guard probe.metric == .channelwise, let group = measurement.inputAction.transformations.group,
      let presentation = GroupPresentation(group)
    else {
      throw ProbeError.noPermutations(
        tensor: probe.tensor, group: measurement.inputAction.transformations.name)
    }
    self.probe = probe
    self.measurement = measurement
    self.group = group
    self.presentation = presentation
    self.halves = halves
    recorder = try ProbeRecorder(probe, of: measurement)
    let count = halves[0].count + halves[1].count
    let cosines = ChannelMean(of: NegativeCosine())
    let distance: any Distance = measurement.mask == nil ? cosines : DiscMasked(cosines)
    if AnyHashable(probe.distance) != AnyHashable(distance) {
      obstacle = .otherDistance
    } else if count < 4 {
      obstacle = .tooFewExamples(count)
    }
  }

  /// Adds the outputs of an example: of the fitted ones first, then of the measured ones.
  ///
  /// - Parameter reservedBytes: The memory for the similarities of all searches so far.
  mutating func add(_ orbit: OrbitOutputs, example: Int, reservedBytes: inout Int) throws {
    guard obstacle == nil else { return }
    let raw = try orbit.pass.outputs.output(probe.tensor)
    let (outputs, firstRow) = try recorder.rearranged(
      raw, rows: orbit.firstRow..<orbit.firstRow + group.order)
    if action == nil { try prepare(for: outputs.rowShape, reservedBytes: &reservedBytes) }
    guard let action, obstacle == nil else { return }
    if let undefined = outputs.firstUndefined(allowingMinusInfinity: false) {
      throw MeasurementError.notFinite(
        tensor: probe.tensor, value: outputs.scalars[undefined], example: example,
        dataset: measurement.dataset.name,
        element: group.elementNames[undefined / Tensor.count(of: action.shape) % group.order])
    }
    let isFitted = addedCount < halves[0].count
    if isFitted {
      channels.add(
        ChannelCounts.constants(of: outputs, rows: firstRow..<firstRow + group.order),
        of: action.shape[0])
    }
    let directions = OrbitDirections(
      of: outputs, firstRow: firstRow, under: action, mask: mask(of: action.shape))
    add(directions.outputs, directions.moved, isFitted: isFitted, isShuffled: false)
    // Of shuffled pairs, each orbit is compared with the example before it, and the first with the
    // last one.
    if let previous {
      add(directions.outputs, previous.moved, isFitted: isFitted, isShuffled: true)
    }
    if first == nil { first = directions }
    previous = directions
    addedCount += 1
    if addedCount == halves[0].count || addedCount == halves[0].count + halves[1].count {
      if let first { add(first.outputs, directions.moved, isFitted: isFitted, isShuffled: true) }
      first = nil
      previous = nil
      if isFitted { fit() }
    }
  }

  private mutating func prepare(for shape: [Int], reservedBytes: inout Int) throws {
    guard shape.count >= 3,
      let grid = probe.outputAction.map({ $0.gridAction }) ?? measurement.inputAction.gridAction,
      grid.transformations.group == group
    else {
      obstacle = .noGrid
      return
    }
    do {
      let action = try grid.prepared(for: shape)
      guard action.kernel.count == 1 else {
        obstacle = .unmovedGrid(
          count: action.kernel.count, height: shape[shape.count - 2],
          width: shape[shape.count - 1])
        return
      }
      try reserve(for: shape, &reservedBytes)
      self.action = action
    } catch let error as ActionError {
      throw MeasurementError.outputAction(tensor: probe.tensor, error)
    }
    paired = ChannelSimilarity(
      channelCount: shape[0], order: group.order, permitsSigns: probe.searchesSigns)
    shuffled = paired
  }

  /// Adds the memory of the similarities; throws an error if it is more than is allowed.
  private func reserve(for shape: [Int], _ reservedBytes: inout Int) throws {
    // Sums of both pairings, and copies of one of them while it is fitted; three orbits of outputs
    // and of moved outputs.
    reservedBytes +=
      4
      * ChannelSimilarity.byteCount(
        channelCount: shape[0], order: group.order, permitsSigns: probe.searchesSigns)
    reservedBytes += 3 * 2 * (group.order - 1) * MemoryLayout<Float>.size * Tensor.count(of: shape)
    guard let limit = measurement.memoryLimit, reservedBytes > limit else { return }
    throw MeasurementError.memory(
      needed: reservedBytes, limit: limit, tensor: probe.tensor, shape: shape)
  }

  private func mask(of shape: [Int]) -> DiscMask? {
    measurement.mask.map { _ in
      DiscMask(height: shape[shape.count - 2], width: shape[shape.count - 1])
    }
  }

  private mutating func add(
    _ outputs: [ChannelDirections], _ moved: [ChannelDirections], isFitted: Bool, isShuffled: Bool
  ) {
    if isFitted {
      if isShuffled {
        shuffled?.add(outputs: outputs, moved: moved)
      } else {
        paired?.add(outputs: outputs, moved: moved)
      }
    } else {
      for pairing in Pairing.allCases where pairing.isShuffled == isShuffled {
        guard let permutations = permutations(pairing) else { continue }
        measured[pairing, default: []].append(
          Self.deviations(outputs, moved, under: permutations))
      }
    }
  }

  /// Returns minus the mean cosine over channels for each element; −1 for the identity.
  private static func deviations(
    _ outputs: [ChannelDirections], _ moved: [ChannelDirections],
    under permutations: [SignedPermutation]
  ) -> [Double] {
    [-1]
      + permutations.dropFirst().enumerated().map { index, permutation in
        let cosines = permutation.images.enumerated().map { channel, image in
          permutation.isNegative[channel]
            ? outputs[index].cosineOfNegative(image, channel, of: moved[index])
            : outputs[index].cosine(image, channel, of: moved[index])
        }
        return -cosines.reduce(0, +) / Double(cosines.count)
      }
  }

  private func permutations(_ pairing: Pairing) -> [SignedPermutation]? {
    switch pairing {
    case .identity, .identityChance:
      action.map { a in group.elements.map { _ in .identity(a.shape[0]) } }
    case .representation: fits?.paired.representation
    case .own: fits?.paired.own
    case .chance: fits?.shuffled.representation
    case .ownChance: fits?.shuffled.own
    case .declared:
      action.flatMap {
        probe.fields?.permutations(of: group, channelCount: $0.shape[0])?
          .map(SignedPermutation.init)
      }
    }
  }

  private mutating func fit() {
    guard let paired, let shuffled, let summary = channels.summary else { return }
    assigned = channels.varyingChannels
    guard assigned.count >= 2 else {
      obstacle = .tooFewChannels(summary)
      return
    }
    fits = (
      PermutationFit(paired, channels: assigned, of: group, presentation: presentation),
      PermutationFit(shuffled, channels: assigned, of: group, presentation: presentation)
    )
    for pairing in Pairing.allCases {
      guard let permutations = permutations(pairing) else { continue }
      fitValues[pairing] = (pairing.isShuffled ? shuffled : paired).deviation(under: permutations)
    }
    self.paired = nil
    self.shuffled = nil
  }
}

// MARK: - The result

extension ProbeSearch {
  /// Returns what was found, or the reason that nothing was.
  func outcome(intervals: IntervalRule) -> Result<ChannelPermutations, PermutationObstacle> {
    if let obstacle { return .failure(obstacle) }
    guard addedCount == halves[0].count + halves[1].count, let fits,
      let summary = channels.summary,
      let identity = deviation(.identity, intervals),
      let representation = deviation(.representation, intervals),
      let own = deviation(.own, intervals),
      let identityChance = deviation(.identityChance, intervals),
      let chance = deviation(.chance, intervals),
      let ownChance = deviation(.ownChance, intervals)
    else { return .failure(.stopped) }
    var permutations = ChannelPermutations(
      fitExampleCount: halves[0].count, exampleCount: halves[1].count, channels: summary,
      generators: presentation.generators.map { g in
        GeneratorPermutation(
          element: group.elementNames[g], fits.paired.representation[g], own: fits.paired.own[g],
          permitsSigns: probe.searchesSigns)
      },
      relations: zip(presentation.relations, fits.paired.defects).map {
        RelationDefect(relation: $0.name, share: $1)
      },
      identity: identity, representation: representation, own: own,
      identityChance: identityChance, chance: chance, ownChance: ownChance,
      gain: gain(intervals))
    if let fields = probe.fields, let declared = self.permutations(.declared),
      let deviation = deviation(.declared, intervals)
    {
      let agreeing = assigned.count { channel in
        presentation.generators.allSatisfy {
          let item = SignedItem(channel)
          return declared[$0](item) == fits.paired.representation[$0](item)
        }
      }
      permutations.declared = DeclaredPermutations(
        fields: fields.description, deviation: deviation,
        agreement: Double(agreeing) / Double(assigned.count))
    }
    return .success(permutations)
  }

  /// The possible values of a deviation, which is −1 for the identity.
  private var range: ClosedRange<Double> {
    let count = Double(group.order)
    return -1...(count - 2) / count
  }

  /// The mean over elements for each measured example.
  private func exampleDeviations(_ pairing: Pairing) -> [Double] {
    let values = (measured[pairing] ?? []).map { $0.reduce(0, +) / Double(group.order) }
    // The first of the shuffled pairs was measured last.
    return pairing.isShuffled ? values.suffix(1) + values.dropLast() : values
  }

  private func deviation(
    _ pairing: Pairing, _ intervals: IntervalRule
  ) -> PermutedDeviation? {
    let values = exampleDeviations(pairing)
    guard !values.isEmpty, let fitValue = fitValues[pairing] else { return nil }
    let elements = measured[pairing] ?? []
    let mean = Estimate(values)
    return PermutedDeviation(
      value: mean.value,
      confidenceInterval: intervals.interval(of: mean, in: range),
      fitValue: fitValue,
      perElement: group.elements.map { g in
        ElementDeviation(
          element: group.elementNames[g],
          value: elements.reduce(0) { $0 + $1[g] } / Double(elements.count))
      },
      perExample: zip(halves[1], values).map {
        ExampleDeviation(
          index: $0, name: measurement.dataset.exampleName(at: $0), value: $1)
      })
  }

  private func gain(_ intervals: IntervalRule) -> PermutationGain {
    let difference =
      Estimate(exampleDeviations(.identity)) - Estimate(exampleDeviations(.representation))
    let outcome = PairedDifference(
      of: difference, valueCount: halves[1].count, in: range - range
    ).outcome(by: intervals)
    return PermutationGain(
      value: difference.value,
      confidenceInterval: outcome.interval,
      pValue: outcome.pValue)
  }
}
