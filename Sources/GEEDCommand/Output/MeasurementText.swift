// SPDX-License-Identifier: MIT

import GEED
import GEEDReport

struct MeasurementText {
  let document: MeasurementDocument
  /// Whether the value for every element is printed.
  let elements: Bool
  /// Whether the value for every class is printed.
  let byClass: Bool
  /// Whether a sentence is printed if there are no subgroups.
  let subgroups: Bool
  /// The number of examples with the largest deviations that are printed.
  let worst: Int
  /// The caption of the contact sheet of the worst examples, if one was drawn.
  var sheet: String?

  /// The lines: a description of the measurement, a table of results, and notes.
  var lines: [String] {
    var lines = [heading].shown(.bold)
    lines += (document.choice ?? []).shown(.dim) + [""] + results.lines.shown() + sparklines.shown()
    let verdicts = VerdictText.lines(of: document.results, group: document.group)
    if !verdicts.isEmpty { lines += [""] + verdicts.flatMap { [$0.text].shown($0.style) } }
    if elements { lines += [""] + elementTable.lines.shown() }
    if byClass { lines += [""] + classLines.shown() }
    let tables = CompanionText.subgroups(of: document.results, group: document.group)
    lines += tables.flatMap { [""] + $0.lines.shown() }
    if tables.isEmpty, subgroups {
      lines += ["", "subgroups: \(document.group) has none but itself and the trivial one"].shown()
    }
    let permutations = PermutationText.tables(
      of: document.results, group: document.group,
      intervalHeading: "\(document.confidenceLevel.percentText) interval")
    lines += permutations.flatMap { [""] + $0.lines.shown() }
    let companions =
      PermutationText.lines(of: document.results) + CompanionText.scores(of: document.results)
      + CompanionText.predictions(of: document.results, order: order)
      + CompanionText.worstExamples(of: document.results, count: worst)
      + [sheet].compactMap(\.self)
    let notices = companions + ControlText.action(document.action) + notes
    if !(legend + notices).isEmpty { lines += [""] + legend.shown(.dim) + notices.shown() }
    return lines + timing.shown(.dim)
  }

  private var heading: String {
    let count = document.results.map(\.exampleCount).max() ?? 0
    let summary = document.transformations.map { " (\($0))" } ?? ""
    return
      "\((document.quantity ?? .equivarianceDeviation).rawValue) of \(document.model.path) on \(document.data.path) under "
      + "\(document.group)\(summary): "
      + "\(count) of \(document.data.exampleCount) examples "
      + "(\(document.data.shape.shapeText), seed \(document.seed))"
      + (document.mask == nil ? "" : ", inside the disc")
  }

  /// The number of transformations that a deviation averages over: `|G|` for a finite group.
  private var order: String {
    document.transformations == nil
      ? "|G|" : "\(document.results.map(\.perElement.count).max() ?? 0)"
  }

  /// The table of classes, or a sentence if no class is known.
  private var classLines: [String] {
    guard let table = CompanionText.classes(of: document.results) else {
      return ["classes: those of the measured examples are not known"]
    }
    return table.lines
  }

  /// Whether an output's axes are in an order other than `[N, C, H, W]`.
  private var showsLayouts: Bool {
    document.results.contains { $0.layout ?? .nchw != .nchw }
  }

  /// Whether there are deviations under named actions.
  private var showsActions: Bool { document.results.contains { $0.metric == .equivariance } }

  /// Explanations of columns that could be misunderstood.
  private var legend: [String] {
    let measured = document.results.filter { !$0.perElement.isEmpty }
    var lines: [String] = []
    if !measured.isEmpty {
      lines.append("worst: the element whose mean over examples deviates most")
    }
    let identity = measured.first?.perElement.first?.element
    if elements, document.transformations == nil, let identity,
      measured.contains(where: { $0.metric != .channelwise })
    {
      lines.append(
        "\(identity) of latent and softmax: f(x) itself against the mean over its orbit, so it is not "
          + "that of equal outputs")
    }
    if comparedValues != nil, let count = document.arithmetic?.exampleCount {
      lines.append(
        "vs float32: the value of the first \(count) examples, with M of as many, minus their value in "
          + "float32 on the CPU")
    }
    if hasZeroVectors {
      lines.append(
        "zero vectors: the share of comparisons that met one, which has no direction; two of them "
          + "count as equal, one as unrelated")
    }
    if hasIdleChannels {
      lines.append(
        "dead: channels that are zero, or hold one number (+), for every example and element; zeros "
          + "count as equivariant")
    }
    return lines
  }

  private var hasZeroVectors: Bool {
    document.results.contains { $0.zeroVectorShare ?? 0 > 0 }
  }

  private var hasIdleChannels: Bool {
    document.results.contains { $0.channels.map { $0.zero + $0.constant > 0 } ?? false }
  }

  private var countColumns: [String] {
    (hasZeroVectors ? ["zero vectors"] : []) + (hasIdleChannels ? ["dead"] : [])
  }

  private func counts(of result: ProbeResult) -> [String] {
    let dead = result.channels.map {
      "\($0.zero)\($0.constant > 0 ? "+\($0.constant)" : "") of \($0.count)"
    }
    return (hasZeroVectors ? [result.zeroVectorShare?.percent ?? "–"] : [])
      + (hasIdleChannels ? [dead ?? "–"] : [])
  }

  /// The deviations of a few examples in the arithmetic of the measurement and in float32, one for each
  /// result.
  private var comparedValues: [ArithmeticComparison.Value]? {
    let values = document.arithmetic?.values
    return values?.count == document.results.count ? values : nil
  }

  private var results: Table {
    let level = document.confidenceLevel.percentText
    var columns: [(heading: String, alignment: Table.Alignment)] = [
      ("metric", .left), ("tensor", .left),
    ]
    if showsLayouts { columns.append(("layout", .left)) }
    if showsActions { columns += [("action", .left), ("distance", .left)] }
    columns += [("value", .right), ("\(level) interval", .right), ("floor", .right)]
    columns += ControlText.columns(of: document).map { ($0, .right) }
    if comparedValues != nil { columns.append(("vs float32", .right)) }
    columns += [("unnormalized", .right), ("M", .right)]
    columns += countColumns.map { ($0, .right) }
    var table = Table(columns + [("worst", .left)])
    for (index, result) in document.results.enumerated() {
      let worst = result.perElement.max { $0.value < $1.value }
      var row = [result.metric.rawValue, result.tensor]
      if showsLayouts { row.append(result.layout?.description ?? "–") }
      if showsActions {
        let reference = result.reference.map { " to \($0.rawValue)" } ?? ""
        row += [result.action ?? "–", (result.distance ?? "–") + reference]
      }
      row += [result.value.short, result.confidenceInterval.short, result.floor.short]
      row += ControlText.cells(of: index, in: document)
      if let comparedValues { row.append(comparedValues[index].difference.short) }
      row += [result.unnormalized.short, result.scale.short] + counts(of: result)
      table.add(row + [worst.map { "\($0.element) \($0.value.short)" } ?? "–"])
    }
    return table
  }

  /// A line for each metric of at least three tensors, with their deviations in order as columns
  /// of different heights.
  private var sparklines: [String] {
    // Deviations from equivariance have different actions and distances.
    let lines = Metric.allCases.filter { $0 != .equivariance }.compactMap { metric -> String? in
      let results = document.results.filter { $0.metric == metric && $0.value != nil }
      guard results.count >= 3, let first = results.first, let last = results.last else {
        return nil
      }
      let columns = Sparkline.text(of: results.compactMap(\.value))
      return "\(metric.rawValue)  \(columns)  \(first.tensor) … \(last.tensor)"
    }
    return lines.isEmpty ? [] : [""] + lines
  }

  private var elementTable: Table {
    let names = document.results.first { !$0.perElement.isEmpty }?.perElement.map(\.element) ?? []
    var table = Table(ofResults: names)
    for result in document.results where !result.perElement.isEmpty {
      table.add([result.metric.rawValue, result.tensor] + result.perElement.map(\.value.short))
    }
    return table
  }

  private var notes: [String] {
    let shared = document.results.count > 1 ? notesOfAll : []
    return ((document.model.notes ?? []) + [document.arithmetic?.note].compactMap(\.self)).map {
      "note: model: \($0)"
    }
      + (document.data.notes ?? []).map { "note: data: \($0)" }
      + (shared.map(\.description) + TensorsLeftOut.lines(document.leftOut ?? [])).map {
        "note: \($0)"
      }
      + groupedNotes(except: shared)
  }

  /// A line for each note, with all results that have it.
  private func groupedNotes(except shared: [MeasurementNote]) -> [String] {
    var (texts, titles) = ([String](), [String: [ProbeResult]]())
    for result in document.results {
      let notes = result.notes.filter { !shared.contains($0) && !$0.restatesNumbers }
      for text in [result.caveat].compactMap(\.self) + notes.map(\.description) {
        if titles[text] == nil { texts.append(text) }
        titles[text, default: []].append(result)
      }
    }
    return texts.map { text in
      let results = titles[text] ?? []
      let names = results.prefix(3).map { "\($0.metric.rawValue) \($0.tensor)" }
      let rest = results.count - names.count
      return "note: " + names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        + ": \(text)"
    }
  }

  private var notesOfAll: [MeasurementNote] {
    let first = (document.results.first?.notes ?? []).filter { !$0.restatesNumbers }
    return first.filter { note in document.results.allSatisfy { $0.notes.contains(note) } }
  }

  private var timing: [String] {
    guard let timing = document.timing else { return [] }
    return [
      "",
      "measured in \(timing.measureSeconds.short) s; the bare forward passes over the same batches "
        + "take \(timing.forwardSeconds.short) s (ratio \(timing.ratio.short))",
    ]
  }
}
