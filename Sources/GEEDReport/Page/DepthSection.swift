// SPDX-License-Identifier: MIT

import GEED

extension Metric {
  /// The deviation in words.
  var title: String {
    switch self {
    case .channelwise: "channelwise deviation"
    case .latent: "latent deviation"
    case .latentCosine: "latent cosine deviation"
    case .softmax: "softmax deviation, nats"
    case .equivariance: "deviation from equivariance"
    }
  }

  /// The meaning of some values, in a sentence.
  var meaning: String {
    switch self {
    case .channelwise: "−1 is equivariant, −1/n unrelated under a group of n elements."
    case .latent:
      "0 is invariant; copies that differ as different examples do have 0.5 (2 elements) to 0.71 (many)."
    case .latentCosine:
      "−1/M is invariant; copies that differ as different examples do have about −1/√M."
    case .softmax: "0 is invariant."
    case .equivariance: "0 is equivariant, −1 for cosines."
    }
  }

  /// The metrics with a chart by depth, in the order of a page. Deviations from equivariance have
  /// different actions and distances.
  static let shownOrder: [Metric] = [.channelwise, .latent, .latentCosine, .softmax]
}

extension ReportPage {
  /// The deviations by depth, a chart for each metric with at least three tensors.
  var depthSection: Section? {
    let figures = Metric.shownOrder.compactMap(depthFigure)
    guard !figures.isEmpty else { return nil }
    return Section(
      "depth", "Deviation by depth", figures: figures, "\(figures.map(\.html))")
  }

  private func depthFigure(_ metric: Metric) -> Figure? {
    let probes = rows.probes.filter { $0.metric == metric && $0.result.value != nil }
    guard probes.count >= 3 else { return nil }
    let runs = probes.map(\.run).uniqued
    let sentences = runs.compactMap { run in
      probes.filter { $0.run == run }.max { ($0.result.value ?? 0) < ($1.result.value ?? 0) }
    }.map { "\($0.model): the largest \(metric.title) is \($0.text), in \($0.label)." }
    let values = valuesTable(
      ["model", "tensor", "value", intervalHeading, "floor", "untrained twin"],
      probes.map {
        [
          $0.model, $0.result.tensor, $0.result.value.shown, $0.result.confidenceInterval.shown,
          $0.result.floor.shown, ($0.twin?.value).shown,
        ]
      })
    let models = runs.map { rows.models[$0] }
    let isSeveral = runs.count > 1
    return Figure(
      name: "depth-\(metric.rawValue)",
      chart: isSeveral
        ? Chart.depths(
          metric, models: models, title: metric.title,
          axis: rows.knowsDepths.contains(false)
            ? "place in the order of the probed tensors, %" : "depth, % of the longest path",
          hasFloor: probes.contains { $0.result.floor != nil })
        : Chart.depth(
          metric, run: runs[0], title: metric.title, domain: domain(of: probes),
          count: probes.count),
      alternative: sentences.joined(separator: " "),
      caption: isSeveral
        ? severalCaption(metric, models) : caption(metric, probes),
      values: values, selects: .probe)
  }

  private func severalCaption(_ metric: Metric, _ models: [String]) -> HTML {
    """
    \(Key.series(models))<br>Deviations with intervals; the dotted line is the floor due to \
    interpolation. \(depthMeaning) \(metric.meaning)
    """
  }

  private var depthMeaning: String {
    rows.knowsDepths.contains(false)
      ? "Not all results tell the depths of their tensors, so tensors are at equal distances, in the "
        + "order of the probes where depths are unknown."
      : "Depth is the largest number of operators between the input and the tensor, as a share of "
        + "that of the deepest operator."
  }

  private func caption(_ metric: Metric, _ probes: [ProbeRow]) -> HTML {
    var keys = [Key.value.html("model, \(intervalHeading)")]
    if probes.contains(where: { $0.twin?.value != nil }) {
      keys.append(Key.twin.html("untrained twin"))
    }
    if probes.contains(where: { $0.result.floor != nil }) {
      keys.append(Key.floor.html("up to the floor due to interpolation"))
    }
    keys.append(Key.chosen.html("selected"))
    let order =
      rows.knowsDepths[probes[0].run]
      ? "From the input (top) to the output (bottom)." : "In the order of the probes."
    return "\(keys)<br>\(order) \(metric.meaning)"
  }

  /// The ends of the axis of probes of one metric: from a perfect model's value, if it is the same
  /// for all of them.
  func domain(of probes: [ProbeRow]) -> ClosedRange<Double> {
    let known = probes.flatMap { probe in
      probe.values
        + (probe.result.confidenceInterval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let least = probes.first?.metric == .channelwise ? -1 : min(0, known.min() ?? 0)
    let greatest = max(known.max() ?? 0, least + 1e-9)
    let step = niceStep(atLeast: (greatest - least) / 4)
    let end = ((greatest / step).rounded(.up) * step * 1e10).rounded() / 1e10
    return least...max(end, greatest)
  }
}
