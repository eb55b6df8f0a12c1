// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData

struct Orbits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orbits",
    abstract: "Write the transformed inputs of a measurement, to compute their outputs elsewhere.",
    usage: "geed orbits <data> --group <group> --output <orbits.npy> [<options>]",
    discussion: """
      Writes what 'geed measure' with the same options would send through a model, as a NumPy array \
      of float32 [rows, ...], and beside it a manifest, orbits.json. The rows are the orbits of the \
      examples of E, one after the other, each element by element in the order of the group, then \
      the unmoved examples of M that are not among those of E.

      Compute the outputs of all rows in your own code, in order, and save them by name:

        geed orbits images/ --preset imagenet --group C8 -o orbits.npy
        python features.py orbits.npy features.npz
        geed measure --outputs features.npz --manifest orbits.json --latent features

      The result has the digits of a measurement of the model itself. Data and options are taken \
      from the manifest, and every input is compared with it by its hash.
      """)

  @Argument(help: "The data, as for 'geed measure --data'.") var data: String
  @OptionGroup(title: "Data") var preparation: DataOptions
  @OptionGroup(title: "Group") var group: GroupOptions
  @OptionGroup(title: "Sampling") var sampling: OrbitSampling
  @OptionGroup(title: "Sampling") var masking: MaskOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write; the manifest has the same name with .json.", valueName: "orbits.npy"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Write files of at most this many rows, orbits-1.npy, orbits-2.npy and so on.",
      valueName: "count"))
  var rows: Int?

  func validate() throws {
    try requireRange("--rows", rows, 1...1_000_000_000)
    guard output.lowercased().hasSuffix(".npy") else {
      throw ValidationError("'--output' must end in .npy, but is '\(output)'.")
    }
  }

  func run() throws {
    let measurement = try measurement()
    let order = measurement.inputOrder
    var inputs = try measurement.inputs()
    var hashes: [String] = []
    var files: [OrbitsManifest.File] = []
    let limit = rows ?? order.rowCount
    while hashes.count < order.rowCount {
      let count = min(limit, order.rowCount - hashes.count)
      let path = rows == nil ? output : output.dropLast(4) + "-\(files.count + 1).npy"
      let sha256 = try write(&inputs, count: count, to: path, hashes: &hashes)
      files.append(OrbitsManifest.File(path: path, rows: count, sha256: sha256))
    }
    let manifest = OrbitsManifest(
      options: try OrbitsManifest.options(
        of: Array(CommandLine.arguments.dropFirst(2)), data: data),
      order: order, shape: measurement.dataset.exampleShape, files: files, inputs: hashes)
    let path = output.dropLast(4) + ".json"
    try writeAtomically(Array((try jsonText(manifest) + "\n").utf8), to: String(path))
    print(
      "\(files.map(\.path).joined(separator: ", ")): \(order.rowCount) rows of "
        + "\(measurement.dataset.exampleShape.shapeText), \(order.examples.count) orbits of "
        + "\(order.elements.count) and \(order.scaleExamples.count) further examples for M".shown)
    print("\(path): the manifest for 'geed measure --outputs'".shown)
    measurement.dataNotes.forEach { print("note: \($0.shown)") }
  }

  /// The measurement whose inputs are written, with a probe that needs M.
  private func measurement() throws -> DeviationMeasurement {
    try preparation.requireInputs(named: [], interpolation: group.interpolation)
    guard sampling.drawing.scaleData.count <= 1 else {
      throw UsageError("'--scale-data' is given twice, but inputs are of one data set.")
    }
    let dataset = InterruptibleDataset(
      try preparation.open(data, inputAxes: group.group.arrayAxes))
    var plan = MeasurementPlan(
      group: group.group, probes: [PlannedProbe(.latent, tensor: "outputs")])
    plan.interpolation = group.interpolation.value ?? .bilinear
    plan.exampleCount = sampling.samples.count
    plan.scaleExampleCount = sampling.drawing.scaleSamples.count
    plan.seed = sampling.drawing.seed
    plan.mask = masking.mask
    let scale = try sampling.drawing.openScaleData(
      sampling.drawing.scaleData.last, preparation, besides: data, dataset,
      inputAxes: group.group.arrayAxes)
    var measurement = try plan.measurement(
      of: ClosureModel { _ in [:] }, on: dataset,
      scaleDataset: scale.map { InterruptibleDataset($0) })
    // Files end with whole batches.
    measurement.batchSize = (1...16).last { (rows ?? 16).isMultiple(of: $0) } ?? 1
    return measurement
  }

  /// Writes the next `count` rows; returns the hash of the file.
  private func write(
    _ inputs: inout MeasurementInputs, count: Int, to path: String, hashes: inout [String]
  ) throws -> String {
    let digest = try Digest(.sha256)
    let end = hashes.count + count
    try writeAtomically(to: path) { file in
      var shape: [Int]?
      while hashes.count < end, let batch = try inputs.next() {
        if shape == nil {
          let header = NumPyArray.header(type: "<f4", shape: [count] + batch.rowShape)
          digest.add(header)
          try file.write(header)
          shape = batch.rowShape
        }
        for row in 0..<batch.rowCount {
          let bytes = batch.littleEndianBytes(ofRow: row)
          digest.add(bytes)
          try file.write(bytes)
          hashes.append(try InputHash.text(of: bytes))
        }
      }
    }
    return try digest.finish()
  }
}

/// How many examples are written.
struct OrbitSampling: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The number of random examples for E, the deviation, or all. (default: 50)",
    transform: SampleCount.init(parsing:))
  var samples: SampleCount = .count(50)

  @OptionGroup var drawing: DrawingOptions
}

/// A hash of one input as the model receives it.
enum InputHash {
  /// Returns the first half of the SHA-256 of the bytes of a row.
  static func text(of bytes: [UInt8]) throws -> String {
    let digest = try Digest(.sha256)
    digest.add(bytes)
    return String(try digest.finish().prefix(32))
  }
}

extension Tensor {
  /// The scalars of a row of a batch, each a little-endian `float32`.
  func littleEndianBytes(ofRow row: Int) -> [UInt8] {
    let words = scalars[scalarRange(ofRow: row)].map { $0.bitPattern.littleEndian }
    return words.withUnsafeBytes { Array($0) }
  }
}
