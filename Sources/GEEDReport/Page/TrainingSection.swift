// SPDX-License-Identifier: MIT

extension ReportPage {
  /// Deviations and accuracy during training.
  var trainingSection: Section? {
    guard !panels.isEmpty else { return nil }
    let series = content.trainings.map(\.name)
    let figures = panels.map { trajectoryFigure($0, series: series) }
    let counts = content.trainings.map(\.networks.count)
    let least = counts.min() ?? 0
    let count = counts.max().map { $0 == least ? "\($0)" : "\(least) to \($0)" } ?? "0"
    let note =
      counts.max() == 1
      ? "One network of each kind, without intervals over networks."
      : "Means over \(count) networks of each kind; bands are 95 % intervals over networks "
        + "(Student’s t), within the possible values. There is no mean where a network has no value."
    return Section(
      "training", "Training", figures: figures,
      """
      <p class="muted">\(note)</p>
      <p class="caption">\(Key.series(series))</p>
      <div class="panels">\(figures.map(\.html))</div>
      """)
  }

  private func trajectoryFigure(_ panel: TrainingPanel, series: [String]) -> Figure {
    let ends = panel.ends.map { "\($0.series) \($0.text)" }
    return Figure(
      name: "trajectory-\(panel.name.slug)",
      chart: Chart.trajectory(
        panel.name, series: series, title: panel.title, isShare: panel.isShare),
      alternative: "\(panel.title), at the end of the training: \(ends.joined(separator: "; ")).",
      values: valuesTable(
        ["networks", "iteration", "mean", "95 % interval"],
        panel.rows.map { [$0.series, "\($0.iteration)", $0.mean.shown, $0.interval.shown] }))
  }
}
