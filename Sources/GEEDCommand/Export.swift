// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData
import GEEDReport
import GEEDStore

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run as JSON, CSV, a table, or a file for another program.",
    usage: "geed export <run> [<options>]",
    discussion: """
      json is the output of 'geed measure --json', byte for byte.

      csv has one observation a line, in full precision: iteration, metric, tensor, example, name, \
      label, element, value, prediction, weight, scale, action, distance. The value is \
      m(f(gx), g f̂(x)) before division by M, which is the scale; the prediction is the class that a \
      classifier predicted, in the model's numbering, which may differ from that of the labels; the weight is that of the element \
      in means, 0 for the untransformed example of a sample; action and distance are those of \
      equivariance probes. The iteration is that of a training, and \
      0 for a measurement.

      npz has the results as arrays for NumPy, with NaN for what does not exist: metric, tensor, \
      value, low, high, unnormalized, scale, floor and example_count by probe; per_element by probe \
      and element, per_example by probe and example; element, example and example_name along these \
      axes; confidence_level, group, model, data; action and distance by probe if one is an \
      equivariance probe. Those of a training have a first axis, iteration, \
      and there are step, loss, accuracy, test_loss, test_accuracy, learning_rate.

      markdown and latex (booktabs) are tables of the results; model-card is the 'model-index' \
      block of a model card on Hugging Face; dvc is JSON for 'dvc metrics'. tensorboard writes the \
      course of a training as an event file to the folder of '--output', one folder for each run. \
      The claims of a figure are exported as json, csv, markdown and latex.

      Examples:

        geed export 3 --store geed.sqlite --format csv --output run3.csv
        geed export result.json --format latex > table.tex
        geed export 7 --format tensorboard --output logs/run7
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json
    case csv
    case npz
    case markdown
    case latex
    case modelCard = "model-card"
    case dvc
    case tensorboard

    /// Whether the output is not text.
    fileprivate var isBinary: Bool { self == .npz || self == .tensorboard }
  }

  @Argument(
    help: ArgumentHelp(
      """
      The number of a run, as listed by 'geed runs', 'STORE#RUN', or a file of \
      'geed measure --json'.
      """,
      valueName: "run"))
  var source: StoredRun

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"
  @Option(help: "The output format.") var format: Format = .json
  @Option(
    name: .shortAndLong,
    help: "The file, or the folder for tensorboard; by default the output is printed.")
  var output: String?

  func validate() throws {
    if format.isBinary, output == nil {
      throw ValidationError(
        "'--format \(format.rawValue)' needs '--output', "
          + (format == .npz ? "a file." : "a folder."))
    }
    if source.place(in: store) == nil, [.csv, .tensorboard].contains(format) {
      throw ValidationError(
        "'--format \(format.rawValue)' needs a run of a store, but got the file "
          + "'\(source.path(in: store))'.")
    }
  }

  func run() throws {
    guard let place = source.place(in: store) else { return try exportDocument() }
    let runs = try RunStore(opening: place.store)
    let run = try runs.run(place.id)
    switch (run.kind, format) {
    case (.figure, _): try export(claimsOf: run, in: runs)
    case (_, .json):
      let text = try runs.finishedDocument(ofRun: run.id)
      try write { try $0(text) }
    case (_, .csv):
      if run.status != .finished {
        StandardError.log("note: Run \(run.id) of '\(runs.path)' is not finished.")
      }
      try write { try CommaSeparated.observations(ofRun: run.id, in: runs, $0) }
    case (_, .tensorboard): try write(try TensorBoardEvents(of: run, in: runs), of: run)
    case (.train, .npz): try write(try ResultArrays(training: run, in: runs))
    default: try exportDocument()
    }
  }

  /// Exports the document of a measurement, from a file or a store.
  private func exportDocument() throws {
    let path = source.path(in: store)
    let source = try MeasuredRun(reading: path)
    let document = source.document
    if format != .json, let note = source.partNote { StandardError.log("note: \(note)") }
    switch format {
    case .json:
      // The file as it is, with fields that this version does not know.
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      var text = String(decoding: bytes, as: UTF8.self).escapedJSON
      if text.hasSuffix("\n") { text.removeLast() }
      try write { try $0(text) }
    case .npz: try write(ResultArrays(document))
    case .markdown: try write { try $0(TextTable(document).markdown) }
    case .latex: try write { try $0(TextTable(document).latex) }
    case .modelCard:
      let lines = ModelCard(document).lines
      guard !lines.isEmpty else {
        throw DataError.invalid(
          path: path, expected: "a result with a value for a model card", found: "none")
      }
      try write { try lines.forEach($0) }
    case .dvc:
      let text = try jsonText(MetricsFile(document))
      try write { try $0(text) }
    case .csv, .tensorboard: break
    }
  }

  private func export(claimsOf run: RunSummary, in store: RunStore) throws {
    let text = try store.finishedDocument(ofRun: run.id)
    let claims = try JSONDecoder().decode([Claim].self, from: Data(text.utf8))
    switch format {
    case .json: try write { try $0(text) }
    case .csv: try write { try CommaSeparated.lines(of: claims).forEach($0) }
    case .markdown: try write { try $0(TextTable(claims).markdown) }
    case .latex: try write { try $0(TextTable(claims).latex) }
    case .npz, .modelCard, .dvc, .tensorboard:
      throw UsageError(
        "'--format \(format.rawValue)' is for measurements and trainings, but run \(run.id) of "
          + "'\(store.path)' is a figure; its claims are exported as json, csv, markdown or latex.")
    }
  }

  private func write(_ arrays: ResultArrays) throws {
    guard let output else { return }
    try writeAtomically(try NumPyFile.archive(arrays.arrays), to: output)
    print(output)
  }

  /// Writes an event file to the folder of '--output', where it replaces that of the same run.
  private func write(_ events: TensorBoardEvents, of run: RunSummary) throws {
    guard let output else { return }
    try makeFolder(output)
    // TensorBoard reads files whose names contain `tfevents`, and those of one folder as one run.
    let name = "events.out.tfevents.\(run.id).geed"
    let other = try FileManager.default.contentsOfDirectory(atPath: output).sorted().first {
      $0.contains("tfevents") && $0 != name
    }
    if let other {
      throw UsageError(
        "'--output': the folder '\(output)' has events of another run ('\(other)'), which "
          + "TensorBoard would mix with these; give each run its own folder.")
    }
    try writeAtomically(events.bytes, to: "\(output)/\(name)")
    print("\(output)/\(name)")
  }

  /// Writes lines to the file of '--output', or prints them.
  private func write(_ body: ((String) throws -> Void) throws -> Void) throws {
    // The store would treat a failed write as its own error, so it is kept and thrown here.
    var failure: (any Error)?
    func orFailure(_ body: () throws -> Void) throws {
      do { try body() } catch { throw failure ?? error }
    }
    func keepingFailure(_ write: () throws -> Void) throws {
      do { try write() } catch {
        failure = error
        throw error
      }
    }
    if let output {
      try writeAtomically(to: output) { file in
        try orFailure {
          try body { line in try keepingFailure { try file.write(Array("\(line)\n".utf8)) } }
        }
      }
      print(output)
    } else {
      try orFailure {
        try body { line in
          try keepingFailure { try StandardOutput.requireWritten() }
          print(line)
        }
      }
    }
  }
}

/// A run to read: that of a number in the store, or a file.
enum StoredRun: ExpressibleByArgument {
  case number(Int64)
  case file(String)

  init(argument: String) { self = Int64(argument).map(StoredRun.number) ?? .file(argument) }

  /// Returns the path by which the run is read.
  func path(in store: String) -> String {
    switch self {
    case .number(let id): "\(store)#\(id)"
    case .file(let path): path
    }
  }

  /// Returns the store and the number of the run; `nil` for a file of one run.
  func place(in store: String) -> (store: String, id: Int64)? {
    switch self {
    case .number(let id): (store, id)
    case .file(let path):
      if let mark = path.lastIndex(of: "#"), let id = Int64(path[path.index(after: mark)...]),
        !FileManager.default.fileExists(atPath: path)
      {
        (String(path[..<mark]), id)
      } else {
        nil
      }
    }
  }
}
