// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDModels

/// What a training says while it runs: a line on the terminal that changes, and a row of a table
/// wherever the network was tried or measured.
struct TrainingReport {
  private let total: Int
  private let isSilent: Bool
  private let startIteration: Int
  private let start = ContinuousClock.now
  private var progress = ProgressLine()
  private var columns: [String] = []

  /// - Parameters:
  ///   - total: How many iterations there will be.
  ///   - start: How many were done before.
  ///   - isSilent: Whether another process says it.
  init(total: Int, start: Int, isSilent: Bool = false) {
    self.total = total
    self.isSilent = isSilent
    startIteration = start
  }

  /// Shows what one iteration gave.
  mutating func show(_ entry: Trajectory.Entry) {
    if isSilent { return }
    guard entry.testAccuracy != nil || entry.deviations != nil else {
      let loss = entry.loss.map { " · loss \($0.short)" } ?? ""
      progress.show(
        "iteration \(entry.iteration) of \(total)\(loss)",
        share: Double(entry.iteration - startIteration) / Double(max(total - startIteration, 1)))
      return
    }
    let titles = ["iteration", "loss", "test accuracy"] + (entry.deviations ?? []).map(\.title)
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

  /// Prints a line at once, in place of the one that changes.
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

extension Trajectory.Deviation {
  /// Metric and tensor.
  fileprivate var title: String { "\(metric.rawValue):\(tensor)" }
}
#endif
