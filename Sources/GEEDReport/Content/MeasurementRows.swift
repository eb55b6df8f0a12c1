// SPDX-License-Identifier: MIT

import GEED

/// The numbers of all measurements of a report, by kind.
struct MeasurementRows {
  private(set) var probes: [ProbeRow] = []
  private(set) var elements: [ElementRow] = []
  private(set) var examples: [ExampleRow] = []
  private(set) var orbits: [OrbitRow] = []
  private(set) var exampleDeviations: [ExampleDeviationRow] = []
  /// The numbers of examples by deviation, if there are too many for dots.
  private(set) var bins: [BinRow] = []
  private(set) var observations: [ObservationRow] = []
  private(set) var subgroups: [SubgroupRow] = []
  private(set) var covers: [CoverRow] = []
  private(set) var thumbnails: [ThumbnailRow] = []
  private(set) var predictions: [PredictionRow] = []

  /// What the page says about numbers that it does not contain.
  private(set) var notes: [String] = []

  /// The names of the models, by measurement.
  let models: [String]

  /// Whether the depths of all tensors are known, by measurement.
  let knowsDepths: [Bool]

  private var exampleNumbers: [[Int: Int]] = []
  private var elementNumbers: [[String: Int]] = []
  private var layouts: [[Set<String>]: LatticeLayout] = [:]

  /// The largest number of examples of a probe that are drawn as dots.
  private static let dotLimit = 400

  /// Creates the rows of measurements.
  ///
  /// - Parameter limit: The largest number of observations that are kept.
  init(_ measurements: [ReportedMeasurement], observationLimit limit: Int) {
    models = Self.names(of: measurements)
    knowsDepths = measurements.map { measurement in
      measurement.results.allSatisfy { measurement.depths[$0.tensor] != nil }
    }
    for measurement in measurements { add(measurement) }
    placeNames()
    limitExamples(observationLimit: limit)
  }

  /// Returns the names of the models, followed by what distinguishes measurements of one model.
  private static func names(of measurements: [ReportedMeasurement]) -> [String] {
    let models = modelNames(of: measurements)
    let data = fileNames(measurements.map(\.data))
    return distinctNames(
      measurements.indices.map { run in
        [models[run], measurements[run].group, data[run], "seed \(measurements[run].seed)"]
      })
  }

  /// Returns the names of the models, equal for the same file with the same content.
  static func modelNames(of measurements: [ReportedMeasurement]) -> [String] {
    let names = fileNames(measurements.map(\.model))
    let files = measurements.indices.map { [names[$0], measurements[$0].modelSHA256 ?? ""] }
    let distinct = distinctNames(
      files.uniqued.map { [$0[0], $0[1].isEmpty ? "" : "SHA-256 \($0[1].prefix(7))…"] })
    let byFile = Dictionary(uniqueKeysWithValues: zip(files.uniqued, distinct))
    return files.map { byFile[$0] ?? $0[0] }
  }

  private mutating func add(_ measurement: ReportedMeasurement) {
    let run = exampleNumbers.count
    exampleNumbers.append([:])
    elementNumbers.append([:])
    let places = ElementPlace.all(of: measurement.group)
    let labels = Self.labels(of: measurement.results)
    let tensors = tensors(of: measurement, run: run)
    var values: [[[Double]]] = measurement.results.map { result in
      result.perElement.map { _ in [] }
    }
    let seen = measurement.observations
    for row in seen.values.indices {
      values[seen.probes[row]][seen.elements[row]].append(seen.values[row])
    }
    let first = probes.count
    for (index, result) in measurement.results.enumerated() {
      let rank = tensors.firstIndex(of: result.tensor) ?? 0
      let means = result.perElement.map(\.value)
      let ends = values[index].compactMap(quartiles).flatMap { [$0.lowerBound, $0.upperBound] }
      let twin = measurement.twinResults.first {
        $0.metric == result.metric && $0.tensor == result.tensor
      }
      probes.append(
        ProbeRow(
          number: first + index, run: run, model: models[run], label: labels[index], rank: rank,
          depth: knowsDepths.contains(false)
            ? 100 * Double(rank + 1) / Double(tensors.count)
            : 100 * (measurement.depths[result.tensor] ?? 0),
          result: result, twin: twin,
          meanRadial: RadialScale(result.metric, means + ends, scale: result.scale),
          radial: RadialScale(
            result.metric, means: means + ends, values: Array(values[index].joined()),
            scale: result.scale)))
      addOrbits(of: result, run: run, places: places, values[index])
      addExamples(of: result, run: run, labels: measurement.labels)
      addSubgroups(of: result, group: measurement.group)
    }
    addObservations(seen, firstProbe: first, measurement.results)
    for thumbnail in measurement.thumbnails {
      guard let example = exampleNumbers[run][thumbnail.example] else { continue }
      guard let row = ThumbnailRow(thumbnail, measurement.elementNames, example: example) else {
        continue
      }
      thumbnails.append(row)
      for probe in measurement.results.indices {
        let all = measurement.predictions[probe, thumbnail.example]
        guard all.count == row.elementCount, let own = all.first, own != nil else { continue }
        predictions.append(
          PredictionRow(
            probe: first + probe, example: example, classes: thumbnail.elements.map { all[$0] },
            changed: all.count { $0 != own }, others: all.count - 1))
      }
    }
  }

  /// Returns the tensors from the input to the output; in the order of probes if depths are unknown.
  private func tensors(of measurement: ReportedMeasurement, run: Int) -> [String] {
    let tensors = measurement.results.map(\.tensor).uniqued
    guard knowsDepths[run] else { return tensors }
    func depth(_ index: Int) -> Double { measurement.depths[tensors[index]] ?? 0 }
    return tensors.indices.sorted { (depth($0), $0) < (depth($1), $1) }.map { tensors[$0] }
  }

  /// Returns the short names of the tensors, which are distinct for each metric.
  private static func labels(of results: [ProbeResult]) -> [String] {
    var labels = results.map(\.tensor)
    for metric in Metric.allCases {
      let indexes = results.indices.filter { results[$0].metric == metric }
      for (index, name) in zip(indexes, shortNames(indexes.map { results[$0].tensor })) {
        labels[index] = name
      }
    }
    return labels
  }

  private mutating func addOrbits(
    of result: ProbeResult, run: Int, places: [ElementPlace]?, _ values: [[Double]]
  ) {
    for (position, deviation) in result.perElement.enumerated() {
      let place = places.flatMap { $0.indices.contains(position) ? $0[position] : nil }
      let element = elementNumbers[run][deviation.element] ?? elements.count
      if element == elements.count {
        elementNumbers[run][deviation.element] = element
        elements.append(
          ElementRow(number: element, run: run, name: deviation.element, place: place))
      }
      orbits.append(
        OrbitRow(
          probe: probes.count - 1, element: element, value: deviation.value,
          quartiles: quartiles(values[position])))
    }
  }

  private mutating func addExamples(of result: ProbeResult, run: Int, labels: [Int: String]) {
    var stacks = DotStacks(result.perExample.map(\.value))
    for deviation in result.perExample.sorted(by: { $0.value < $1.value }) {
      let example = exampleNumbers[run][deviation.index] ?? examples.count
      if example == examples.count {
        exampleNumbers[run][deviation.index] = example
        examples.append(
          ExampleRow(
            number: example, run: run, name: deviation.name ?? "example \(deviation.index)",
            label: labels[deviation.index]))
      }
      let (range, row) = stacks.add(deviation.value)
      exampleDeviations.append(
        ExampleDeviationRow(
          probe: probes.count - 1, example: example, value: deviation.value, range: range,
          row: row, hasOrbit: true))
    }
  }

  private mutating func addObservations(
    _ seen: ReportedObservations, firstProbe: Int, _ results: [ProbeResult]
  ) {
    let run = exampleNumbers.count - 1
    for row in seen.values.indices {
      let element = results[seen.probes[row]].perElement[seen.elements[row]].element
      guard let example = exampleNumbers[run][seen.examples[row]],
        let element = elementNumbers[run][element]
      else { continue }
      observations.append(
        ObservationRow(
          probe: firstProbe + seen.probes[row], example: example, element: element,
          value: seen.values[row]))
    }
  }

  /// Adds the subgroups between the trivial one, whose deviation is that of a perfect model, and
  /// the whole group.
  private mutating func addSubgroups(of result: ProbeResult, group: String) {
    guard let between = result.subgroups, !between.isEmpty, let first = result.perElement.first
    else { return }
    let probe = probes.count - 1
    let everything = Set(result.perElement.map(\.element))
    var members = between.map {
      (name: $0.group, elements: Set($0.elements), value: Optional($0.value))
    }
    if !members.contains(where: { $0.elements.count == 1 }) {
      members.insert(("1", [first.element], result.metric.perfect(scale: result.scale)), at: 0)
    }
    if !members.contains(where: { $0.elements == everything }) {
      members.append((group, everything, result.value))
    }
    let sets = members.map(\.elements)
    let layout = layouts[sets] ?? LatticeLayout(sets)
    layouts[sets] = layout
    for (member, place) in zip(members, layout.positions) {
      subgroups.append(
        SubgroupRow(
          probe: probe, name: member.name, order: member.elements.count, value: member.value,
          x: place.x, y: place.y))
    }
    covers += layout.covers.map {
      CoverRow(probe: probe, lower: layout.positions[$0.lower], upper: layout.positions[$0.upper])
    }
  }
}

// MARK: After all measurements

extension MeasurementRows {
  /// Places the names of several models beside the last values of each metric.
  private mutating func placeNames() {
    for metric in Metric.allCases {
      let indexes = probes.indices.filter {
        probes[$0].metric == metric && probes[$0].result.value != nil
      }
      let last = Dictionary(grouping: indexes) { probes[$0].run }.values
        .compactMap { $0.max { probes[$0].depth < probes[$1].depth } }
      guard last.count > 1 else { continue }
      let ends = indexes.flatMap { index in
        [probes[index].result.value].compactMap(\.self)
          + (probes[index].result.confidenceInterval.map { [$0.lowerBound, $0.upperBound] } ?? [])
      }
      let gap = 0.1 * ((ends.max() ?? 0) - (ends.min() ?? 0))
      let heights = separated(last.map { probes[$0].result.value ?? 0 }, gap: gap)
      for (index, height) in zip(last, heights) { probes[index].nameHeight = height }
    }
  }

  /// Keeps the examples with the largest and the smallest deviations, and some between them, if
  /// there are too many examples or observations.
  private mutating func limitExamples(observationLimit: Int) {
    let byProbe = Dictionary(grouping: exampleDeviations, by: \.probe)
    let (exampleCount, total) = (byProbe.values.map(\.count).max() ?? 0, observations.count)
    let hasManyExamples = exampleCount > Self.dotLimit
    let hasManyObservations = total > observationLimit
    guard hasManyExamples || hasManyObservations else { return }
    let count = min(
      hasManyExamples ? Self.dotLimit : exampleCount,
      hasManyObservations ? max(12, observationLimit / max(1, orbits.count)) : exampleCount)
    // The rows of a probe are in the order of their values.
    let kept = byProbe.mapValues { rows in
      let between = stride(from: 0, to: rows.count, by: max(1, 3 * rows.count / count))
      return Set(
        (rows.prefix(count / 3) + rows.suffix(count / 3) + between.map { rows[$0] })
          .map(\.example))
    }
    func isKept(_ probe: Int, _ example: Int) -> Bool { kept[probe]?.contains(example) == true }
    for index in exampleDeviations.indices {
      let row = exampleDeviations[index]
      exampleDeviations[index].hasOrbit = isKept(row.probe, row.example)
    }
    observations.removeAll { !isKept($0.probe, $0.example) }
    if hasManyExamples {
      bins = BinRow.all(of: exampleDeviations)
      exampleDeviations.removeAll { !$0.hasOrbit }
    }
    notes.append(
      (hasManyObservations
        ? "There are \(total.grouped) observations, more than the \(observationLimit.grouped) that "
          + "a page holds. "
        : "There are \(exampleCount.grouped) examples, more than the \(Self.dotLimit) that a page "
          + "shows one by one. ")
        + "Means, quartiles and distributions are those of all of them. About \(count) examples of "
        + "each probe can be selected, including those with the largest and the smallest "
        + "deviations.")
  }
}

/// Returns values that are moved upwards where two would be closer than `gap`, in the given order.
func separated(_ values: [Double], gap: Double) -> [Double] {
  var result = values
  var below = -Double.infinity
  for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
    below = max(values[index], below + gap)
    result[index] = below
  }
  return result
}

extension Int {
  /// The number with groups of three digits.
  fileprivate var grouped: String {
    let digits = String(self)
    return digits.enumerated().reduce(into: "") { text, digit in
      let remaining = digits.count - digit.offset
      if digit.offset > 0, remaining.isMultiple(of: 3) { text += "," }
      text.append(digit.element)
    }
  }
}

extension Array where Element: Hashable {
  /// The elements without repetitions, in the order of their first occurrence.
  package var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
