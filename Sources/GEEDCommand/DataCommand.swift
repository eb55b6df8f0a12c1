// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

/// `geed data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show what would be measured: count, shape, range, and a picture of orbits.",
    discussion: """
      The range is that of the numbers which the model would see, over the examples that a \
      measurement with the same seed would take. The contact sheet has a row for each example and \
      a column for each element of the group, in the group's order.
      """)

  @Argument(
    help: "A .npy file, a folder in MNIST's layout, a folder of pictures, or 'glyphs'.")
  var data: String

  @OptionGroup(title: "Data") var options: DataOptions

  @Option(
    help: ArgumentHelp("Write a contact sheet of orbits to this PNG file.", valueName: "sheet.png"))
  var preview: String?

  @Option(
    help: ArgumentHelp(
      "Write all examples to this .npy file, float32 [N, C, H, W].", valueName: "images.npy"))
  var export: String?

  @Option(
    help: ArgumentHelp(
      "Write the class numbers of all examples to this .npy file, int64 [N].",
      valueName: "labels.npy"))
  var exportLabels: String?

  @Option(help: "The group of the contact sheet.")
  var group: GroupName?

  @Option(help: "How values between pixels are made.")
  var interpolation: Interpolation = .bilinear

  @Option(help: "How many random examples to look at.")
  var samples = 50

  @Option(help: "How many of them to draw.")
  var rows = 8

  @Option(help: "The seed of the choice of examples.")
  var seed: UInt64 = 0

  func validate() throws {
    guard samples >= 1, rows >= 1 else {
      throw ValidationError(
        "'--samples' and '--rows' must be at least 1, but are \(samples) and \(rows).")
    }
  }

  func run() throws {
    let dataset = try options.open(data)
    let chosen = randomExamples(min(samples, dataset.count), of: dataset.count, seed: seed)
    let examples = try chosen.map { try dataset.example(at: $0) }
    summary(of: dataset, examples: examples).forEach { print($0) }
    if let preview {
      let action = (group?.action ?? .rotations(8)).interpolated(by: interpolation)
      let orbits = try examples.prefix(rows).map {
        try action.prepared(for: $0.shape).orbit(of: $0)
      }
      let sheet = ContactSheet(orbits: orbits, preprocessing: options.preprocessing)
      try sheet.picture.writePNG(to: preview)
      print(
        "\(preview): columns \(action.group.elementNames.joined(separator: " ")); rows examples "
          + chosen.prefix(rows).map(String.init).joined(separator: " "))
    }
    try exportArrays(of: dataset)
  }

  private func summary(of dataset: any Dataset, examples: [Tensor]) -> [String] {
    let values = examples.flatMap(\.scalars)
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let classCount = Set((0..<dataset.count).compactMap { dataset.label(at: $0) }).count
    return [
      "\(dataset.name): \(dataset.count) examples of \(dataset.exampleShape.shapeText)"
        + (classCount > 0 ? " in \(classCount) classes" : ""),
      "values \(Double(values.min() ?? 0).short) … \(Double(values.max() ?? 0).short), "
        + "mean \(mean.short), over \(examples.count) examples (seed \(seed))",
    ]
  }

  private func exportArrays(of dataset: any Dataset) throws {
    if let export {
      try NumPyFile.write(
        .stacking((0..<dataset.count).map { try dataset.example(at: $0) }), to: export)
      print("\(export): \(dataset.count) examples")
    }
    if let exportLabels {
      let labels = (0..<dataset.count).compactMap { dataset.label(at: $0) }
      guard labels.count == dataset.count else {
        throw ValidationError("'--export-labels': \(dataset.name) has no classes.")
      }
      try NumPyFile.write(labels, to: exportLabels)
      print("\(exportLabels): \(labels.count) class numbers")
    }
  }
}
