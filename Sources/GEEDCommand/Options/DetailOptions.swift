// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData
import GEEDReport

/// Options for output in addition to the table of results.
struct DetailOptions: ParsableArguments {
  @Flag(help: "Print JSON, with the values for every element and example.")
  var json = false

  @OptionGroup var listing: ListingOptions

  @Flag(help: "Also measure every subgroup of the group, from the same forward passes.")
  var subgroups = false

  @Option(
    help: ArgumentHelp(
      """
      Draw the orbits of the worst examples of the first probe to this PNG file: as many as \
      '--worst' states, or 8.
      """,
      valueName: "sheet.png"))
  var worstSheet: String?

  @Flag(help: "Repeat the forward passes alone, and print their time and that of the measurement.")
  var timing = false

  private static let greatestSubgroupCount = 1_000

  /// Throws if subgroups were requested for transformations that are not a finite group, or that have
  /// too many.
  func requireSubgroups(of transformations: TransformationSet) throws {
    guard subgroups else { return }
    guard let group = transformations.group else {
      throw UsageError(
        "'--subgroups' needs a finite group, but \(transformations.name) is none.")
    }
    guard group.subgroups(upTo: Self.greatestSubgroupCount) != nil else {
      throw UsageError(
        "'--subgroups' measures at most \(Self.greatestSubgroupCount) subgroups, but "
          + "\(transformations.name) has more.")
    }
  }

  /// Prints a measurement as JSON or as a table, with the caption of the contact sheet.
  func show(_ document: MeasurementDocument, sheet: String?) throws {
    if json { return try printJSON(document) }
    listing.show(document, subgroups: subgroups, sheet: sheet)
  }

  /// Throws if a contact sheet is requested of examples that are no images.
  func requireImages(of dataset: any Dataset) throws {
    guard worstSheet != nil, dataset.exampleShape.count != 3 else { return }
    throw UsageError(
      "'--worst-sheet' shows images, but examples have shape \(dataset.exampleShape.shapeText).")
  }

  /// Draws the contact sheet, if requested; returns its caption, or the reason that it is empty.
  func drawWorst(
    of results: [ProbeResult], measurement: DeviationMeasurement, preprocessing: Preprocessing
  ) throws -> String? {
    guard let worstSheet else { return nil }
    guard let result = results.first(where: { !$0.perExample.isEmpty }) else {
      return "\(worstSheet): not drawn, as no probe has a value"
    }
    let worst = result.worstExamples(listing.worst > 0 ? listing.worst : 8).map(\.index)
    let action = try measurement.inputAction.prepared(for: measurement.dataset.exampleShape)
    let sheet = ContactSheet(
      orbits: try worst.map { action.orbit(of: try measurement.dataset.example(at: $0)) },
      preprocessing: preprocessing)
    try sheet.picture.writePNG(to: worstSheet)
    return "\(worstSheet): worst of \(result.metric.rawValue) \(result.tensor); "
      + ContactSheet.caption(columns: action.transformations, examples: worst)
  }
}
