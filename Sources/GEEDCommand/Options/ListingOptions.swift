// SPDX-License-Identifier: MIT

import ArgumentParser
import GEEDReport

/// Options for what is printed below the table of results.
struct ListingOptions: ParsableArguments {
  @Flag(help: "Also print the value for every element of the group.")
  var elements = false

  @Flag(help: "Also print the value for the examples of each class, where classes are known.")
  var byClass = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also list this many examples with the largest deviations.", valueName: "count"))
  var worst = 0

  func validate() throws {
    try requireRange("--worst", worst, 0...1_000_000)
  }

  /// Prints the results of a measurement.
  ///
  /// - Parameters:
  ///   - subgroups: Whether a sentence is printed if there are no subgroups.
  ///   - sheet: The caption of the contact sheet, if one was drawn.
  func show(_ document: MeasurementDocument, subgroups: Bool = false, sheet: String? = nil) {
    MeasurementText(
      document: document, elements: elements, byClass: byClass, subgroups: subgroups, worst: worst,
      sheet: sheet
    ).lines.forEach { print($0) }
  }
}
