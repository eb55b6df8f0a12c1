// SPDX-License-Identifier: MIT

import GEED

/// The text of a measurement's controls.
enum ControlText {
  /// Returns the column headings for the controls that were run.
  static func columns(of document: MeasurementDocument) -> [String] {
    (document.control.map { [$0.kind.rawValue] } ?? [])
      + (document.noise.map { _ in ["noise"] } ?? [])
      + (document.control == nil && document.noise == nil ? [] : ["F"])
  }

  /// Returns the entries in these columns for the result at `index`.
  static func cells(of index: Int, in document: MeasurementDocument) -> [String] {
    let result = document.results[index]
    return (document.control.map { [$0.results[index].value.short] } ?? [])
      + (document.noise.map { _ in [result.noiseResponse.short] } ?? [])
      + (document.control == nil && document.noise == nil
        ? [] : [(result.fRatio?.value).short])
  }

  /// Returns a line about the action on the inputs, if it was checked.
  static func action(_ defects: ActionDefects?) -> [String] {
    guard let defects else { return [] }
    guard defects.compositionDefect > 0 else { return ["action: exact, composition defect 0"] }
    let text =
      "action: composition defect \(defects.compositionDefect.short) of the picture's norm "
      + "(\(defects.worstPair.joined(separator: " after "))), round trip "
      + "\(defects.roundTrip.short), mean of \(defects.exampleCount) examples"
    return [text]
  }
}
