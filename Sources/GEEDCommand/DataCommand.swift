// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Inspect data: number of examples, shape, range, and a contact sheet of orbits.",
    discussion: """
      The range is that of the values that the model would receive, over the examples that a \
      measurement with the same '--seed' and '--samples' would use. The contact sheet has a row \
      for each example and a column for each element of the group, in the order of the group. For \
      random elements and for changes that are not a group, the first column is the unchanged \
      image.

      Notes report what else a folder or archive contains: files of other kinds, broken links, \
      unreadable folders, other parts of the data. With --skip-unreadable they name the images \
      that cannot be decoded.
      """)

  @Argument(
    help: """
      A .npy file [N, …]; an array of a .npz, .safetensors or .h5 file, as in file.npz:/name; a \
      folder in the layout of MNIST, EMNIST or CIFAR-10 (binary); a folder, .zip or .tar file of \
      images; .tar files of WebDataset or .parquet files of images, also as in \
      shard-{000..003}.tar; labels of scenes (.geojson of xView, .json of COCO); or 'glyphs' or \
      'glyphs-sketched', the embedded data sets.
      """)
  var data: String

  @OptionGroup(title: "Data") var options: DataOptions
  @OptionGroup var memory: MemoryOptions

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

  @Option(
    help: "The group of the contact sheet, as in 'geed measure'; C8 by default.",
    transform: GroupName.init(parsing:))
  var group: GroupName?

  @Option(help: "The method of interpolation between pixels.")
  var interpolation: Interpolation = .bilinear

  @Option(
    parsing: .unconditional,
    help: "The number of random examples to inspect, or all. (default: 50)",
    transform: SampleCount.init(parsing:))
  var samples: SampleCount = .count(50)

  @Option(parsing: .unconditional, help: "The number of examples to draw.")
  var rows = 8

  @Option(
    parsing: .unconditional, help: "The seed for choosing the examples. (default: 0)",
    transform: seed(parsing:))
  var seed: UInt64 = 0

  func validate() throws {
    try requireRange("--rows", rows, 1...1_000)
  }

  func run() throws {
    try options.requireInputs(named: [])
    let dataset = try options.open(data, inputAxes: group?.arrayAxes)
    try options.requireRoom(for: dataset, batch: 1, within: memory.limit)
    let chosen = randomExamples(
      min(samples.count ?? dataset.count, dataset.count), of: dataset.count, seed: seed)
    let summary = try summary(of: dataset, examples: chosen)
    let caption = try preview.map { try drawSheet(of: dataset, examples: chosen, to: $0) }
    summary.forEach { print($0.shown) }
    caption.map { print($0.shown) }
    dataset.notes(on: chosen).forEach { print("note: \($0.shown)") }
    try exportArrays(of: dataset)
  }

  private func summary(of dataset: any Dataset, examples: [Int]) throws -> [String] {
    var (low, high, total, count) = (Float.infinity, -Float.infinity, 0.0, 0)
    for index in examples {
      for value in try dataset.example(at: index).scalars {
        (low, high, total, count) = (
          min(low, value), max(high, value), total + Double(value), count + 1
        )
      }
    }
    let classCount = Set((0..<dataset.count).compactMap { dataset.label(at: $0) }).count
    return [
      "\(dataset.name): \(dataset.count) examples of \(dataset.exampleShape.shapeText)"
        + (classCount > 0 ? " in \(classCount) classes" : ""),
      "values \(Double(low).short) … \(Double(high).short), mean "
        + "\((total / Double(count)).short), over \(examples.count) examples (seed \(seed))",
    ]
  }

  /// Writes the contact sheet and returns its caption.
  private func drawSheet(
    of dataset: any Dataset, examples: [Int], to path: String
  ) throws -> String {
    let action = try (group ?? .cyclic(8)).transformations(
      on: dataset.exampleShape, seed: seed, interpolation: interpolation)
    let orbits = try examples.prefix(rows).map { index in
      let example = try dataset.example(at: index)
      return try action.prepared(for: example.shape).orbit(of: example)
    }
    let sheet = ContactSheet(orbits: orbits, preprocessing: options.preprocessing)
    try sheet.picture.writePNG(to: path)
    return "\(path): "
      + ContactSheet.caption(
        columns: action.transformations, examples: Array(examples.prefix(rows)))
  }

  private func exportArrays(of dataset: any Dataset) throws {
    if let export {
      try NumPyFile.write(InterruptibleDataset(dataset), to: export)
      print("\(export): \(dataset.count) examples".shown)
    }
    if let exportLabels {
      let labels = (0..<dataset.count).compactMap { dataset.label(at: $0) }
      guard labels.count == dataset.count else {
        throw UsageError("'--export-labels': \(dataset.name) has no classes.")
      }
      try NumPyFile.write(labels, to: exportLabels)
      print("\(exportLabels): \(labels.count) class numbers".shown)
    }
  }
}
