// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDCommand
import GEEDModels

/// The output of a training: a progress line, and a row for each iteration with test or measurement.
struct TrainingReport {
  private let total: Int
  private let isSilent: Bool
  private let startIteration: Int
  private let start = ContinuousClock.now
  private let progress = ProgressLine()
  private var columns: [String] = []

  /// Reports from iteration `start` on; nothing if another process prints the report.
  init(total: Int, start: Int, isSilent: Bool) {
    self.total = total
    self.isSilent = isSilent
    startIteration = start
  }

  mutating func show(_ entry: Trajectory.Entry) {
    if isSilent { return }
    guard entry.testAccuracy != nil || entry.deviations != nil else {
      let loss = entry.loss.map { " · loss \($0.short)" } ?? ""
      progress.show(
        "iteration \(entry.iteration) of \(total)\(loss)",
        share: Double(entry.iteration - startIteration) / Double(max(total - startIteration, 1)))
      return
    }
    let accuracy = entry.testClassifier == .linearProbe ? "linear-probe accuracy" : "test accuracy"
    let titles = ["iteration", "loss", accuracy] + (entry.deviations ?? []).map(\.title)
    if columns.isEmpty || entry.deviations != nil && titles != columns {
      columns = titles
      printRow(titles)
    }
    printRow(
      [
        String(entry.iteration), entry.loss.short,
        entry.testAccuracy.map { String(format: "%.2f %%", 100 * $0) } ?? "–",
      ] + (entry.deviations ?? []).map(\.value.short))
  }

  /// Prints a line immediately, in place of the progress line.
  func say(_ text: String) {
    if isSilent { return }
    progress.clear()
    printAtOnce(text)
  }

  private func printRow(_ cells: [String]) {
    let padded = zip(cells, columns).map { cell, title in
      String(repeating: " ", count: max(0, max(title.count, 9) - cell.count)) + cell
    }
    say(padded.joined(separator: "  "))
  }
}
#endif
