// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

/// What is printed besides the table of results.
struct DetailOptions: ParsableArguments {
  @Flag(help: "Print JSON, with the values of every element and example.")
  var json = false

  @Flag(help: "Also print the values of every element of the group.")
  var elements = false

  @Flag(help: "Also measure every subgroup of the group, from the same forward passes.")
  var subgroups = false

  @Option(help: ArgumentHelp("Also list this many of the worst examples.", valueName: "count"))
  var worst = 0

  @Option(
    help: ArgumentHelp(
      "Draw the orbits of the worst examples of the first probe to this PNG file.",
      valueName: "sheet.png"))
  var worstSheet: String?

  @Flag(help: "Repeat the bare forward passes and print the time of both.")
  var timing = false

  func validate() throws {
    guard worst >= 0 else {
      throw ValidationError("'--worst' must be at least 0, but is \(worst).")
    }
  }

  /// Draws the contact sheet, if it was asked for.
  func drawWorst(
    of results: [ProbeResult], measurement: DeviationMeasurement, preprocessing: Preprocessing
  ) throws {
    guard let worstSheet, let result = results.first(where: { !$0.perExample.isEmpty }) else {
      return
    }
    let orbits = try result.worstExamples(max(worst, 8)).map { example in
      let image = try measurement.dataset.example(at: example.index)
      return try measurement.inputAction.prepared(for: image.shape).orbit(of: image)
    }
    try ContactSheet(orbits: orbits, preprocessing: preprocessing).picture.writePNG(to: worstSheet)
  }
}
