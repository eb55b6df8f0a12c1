// SPDX-License-Identifier: MIT

import GEED
import GEEDReport

/// The text below the table of results: predictions, subgroups, the worst examples.
enum CompanionText {
  /// Returns a line with the kinds of scores of softmax probes; empty without such probes.
  static func scores(of results: [ProbeResult]) -> [String] {
    let read = results.compactMap { result in
      result.scores.map { "\(result.tensor) as \($0.rawValue)" }
    }
    return read.isEmpty ? [] : ["scores: " + read.joined(separator: ", ")]
  }

  /// Returns lines for softmax probes; the log of `order`, such as `|G|`, is the largest deviation.
  static func predictions(of results: [ProbeResult], order: String) -> [String] {
    results.flatMap { result in
      guard let predictions = result.predictions else { return [String]() }
      let agreement =
        "predictions of \(result.tensor): \(predictions.agreement.percent) agree with the upright "
        + "one, \(predictions.onePredictionShare.percent) of examples have one on the whole orbit; "
        + "effective invariance \(predictions.effectiveInvariance.short), "
        + "E / log \(order) \(predictions.relativeDeviation.short)"
      let accuracy = predictions.accuracy.map {
        "accuracy of \(result.tensor): "
          + $0.map { "\($0.element) \($0.value.percent)" }.joined(separator: ", ")
      }
      return [agreement] + [accuracy].compactMap(\.self)
    }
  }

  /// Returns a table for each result with the deviations under subgroups, then those of quotients;
  /// empty if they were not measured or there are none.
  static func subgroups(of results: [ProbeResult], group: String) -> [Table] {
    results.compactMap { result in
      guard let subgroups = result.subgroups, !subgroups.isEmpty else { return nil }
      var table = Table([
        ("\(result.metric.rawValue) \(result.tensor)", .left), ("order", .right), ("value", .right),
        ("interval", .right),
      ])
      for subgroup in subgroups {
        table.add([
          subgroup.group, "\(subgroup.elements.count)", subgroup.value.short,
          intervalText(subgroup.confidenceInterval),
        ])
      }
      for subgroup in subgroups {
        guard let quotient = subgroup.quotientValue else { continue }
        table.add([
          "\(group) / \(subgroup.group)", "\(result.perElement.count / subgroup.elements.count)",
          quotient.short, intervalText(subgroup.quotientConfidenceInterval),
        ])
      }
      return table
    }
  }

  private static func intervalText(_ ends: [Double]?) -> String {
    guard let ends, ends.count == 2 else { return "–" }
    return "\(ends[0].short) … \(ends[1].short)"
  }

  /// Returns a table with the deviation of each class; `nil` if no class is known.
  static func classes(of results: [ProbeResult]) -> Table? {
    let columns = results.map { ($0, $0.classDeviations) }.filter { !$0.1.isEmpty }
    let labels = Set(columns.flatMap { $0.1.map(\.label) }).sorted()
    guard !labels.isEmpty else { return nil }
    var table = Table(
      [("class", .right), ("examples", .right)]
        + columns.map { ("\($0.0.metric.rawValue) \($0.0.tensor)", .right) })
    for label in labels {
      let entries = columns.map { $0.1.first { $0.label == label } }
      table.add(
        ["\(label)", "\(entries.compactMap { $0?.exampleCount }.max() ?? 0)"]
          + entries.map { entry in
            guard let entry else { return "–" }
            let interval = entry.confidenceInterval
            return entry.value.short + (interval == nil ? "" : " (\(interval.short))")
          })
    }
    return table
  }

  /// Returns a line with the worst examples for each probe; empty for a count of 0.
  static func worstExamples(of results: [ProbeResult], count: Int) -> [String] {
    guard count > 0 else { return [] }
    return results.filter { !$0.perExample.isEmpty }.map { result in
      let worst = result.worstExamples(count).map {
        "\($0.name ?? "example") (\($0.index)) \($0.value.short)"
      }
      return "worst of \(result.metric.rawValue) \(result.tensor): "
        + worst.joined(separator: ", ")
    }
  }
}

extension ProbeResult {
  /// Returns the examples with the largest deviations, in descending order.
  func worstExamples(_ count: Int) -> [ExampleDeviation] {
    Array(perExample.sorted { ($1.value, $0.index) < ($0.value, $1.index) }.prefix(count))
  }
}

extension MeasurementDocument {
  fileprivate var hasControls: Bool { control != nil || noise != nil }
}

enum ControlText {
  /// Returns the column headings for the controls that were run.
  static func columns(of document: MeasurementDocument) -> [String] {
    let kinds = [
      document.plan?.draws == nil ? nil : "noise floor", document.control?.kind.rawValue,
      document.noise == nil ? nil : "noise",
    ]
    return kinds.compactMap(\.self) + (document.hasControls ? ["F"] : [])
  }

  /// Returns the entries in these columns for the result at `index`.
  static func cells(of index: Int, in document: MeasurementDocument) -> [String] {
    let result = document.results[index]
    return [
      document.plan?.draws == nil ? nil : result.noiseFloor.short,
      document.control?.results[index].value.short,
      document.noise == nil ? nil : result.noiseResponse.short,
      document.hasControls ? (result.fRatio?.value).short : nil,
    ].compactMap(\.self)
  }

  /// Returns a line about the action on the inputs, if it was checked.
  static func action(_ defects: ActionDefects?) -> [String] {
    guard let defects else { return [] }
    guard defects.compositionDefect > 0 else { return ["action: exact, composition defect 0"] }
    return [
      "action: composition defect \(defects.compositionDefect.short) of the image's norm "
        + "(\(defects.worstPair.joined(separator: " after "))), round trip "
        + "\(defects.roundTrip.short), mean of \(defects.exampleCount) examples"
    ]
  }
}
