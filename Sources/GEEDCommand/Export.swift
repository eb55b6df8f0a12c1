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
    abstract: "Print a run as JSON, CSV, a table, or a file for another program.",
    usage: "geed export <run> [<options>]",
    discussion: """
      json is the output of 'geed measure --json', byte for byte. csv has one line for each probe, \
      example and element of the group, with the value m(f(gx), g f̂(x)) before division by M, in \
      full precision, and the class that a classifier predicted. The iteration is that of a \
      training, and 0 for a measurement.

      markdown and latex (booktabs) are tables of the results; model-card is the 'model-index' \
      block of a model card on Hugging Face; dvc is JSON for 'dvc metrics'. tensorboard writes the \
      course of a training as an event file to the folder of '--output'.

      Examples:

        geed export 3 --store geed.sqlite --format csv > run3.csv
        geed export result.json --format latex > table.tex
        geed export 7 --format tensorboard --output logs/run7
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json
    case csv
    case markdown
    case latex
    case modelCard = "model-card"
    case dvc
    case tensorboard
  }

  @Argument(
    help: ArgumentHelp(
      "The number of a run, as listed by 'geed runs', or a file of 'geed measure --json'.",
      valueName: "run"))
  var source: StoredRun

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"
  @Option(help: "The output format.") var format: Format = .json
  @Option(name: .shortAndLong, help: "The folder for the event file of tensorboard.")
  var output: String?

  func validate() throws {
    if format == .tensorboard, output == nil {
      throw ValidationError("'--format tensorboard' needs '--output', a folder.")
    }
    if format != .tensorboard, output != nil {
      throw ValidationError("'--output' is for '--format tensorboard'; other formats are printed.")
    }
    if case .file(let path) = source, [.csv, .tensorboard].contains(format) {
      throw ValidationError(
        "'--format \(format.rawValue)' needs a run of a store, but got the file '\(path)'.")
    }
  }

  func run() throws {
    switch (format, source) {
    case (.json, .number(let id)):
      print(try RunStore(opening: store).finishedDocument(ofRun: id))
    case (.json, .file): try printJSON(try document)
    case (.csv, .number(let id)): try printObservations(ofRun: id)
    case (.tensorboard, .number(let id)): try writeEvents(ofRun: id)
    case (.markdown, _): print(ResultTable(try document).markdown)
    case (.latex, _): print(ResultTable(try document).latex)
    case (.modelCard, _): ModelCard(try document).lines.forEach { print($0) }
    case (.dvc, _): try printJSON(MetricsFile(try document))
    case (.csv, .file), (.tensorboard, .file): break
    }
  }

  private var document: MeasurementDocument {
    get throws { try MeasuredRun(reading: source.path(in: store)).document }
  }

  private func writeEvents(ofRun id: Int64) throws {
    let runs = try RunStore(opening: store)
    var events = TensorBoardEvents(time: Date().timeIntervalSince1970)
    for step in try runs.steps(ofRun: id) {
      let scalars = [
        ("loss/training", step.loss), ("loss/test", step.testLoss),
        ("accuracy/training", step.accuracy), ("accuracy/test", step.testAccuracy),
        ("learning rate", step.learningRate),
      ]
      for (tag, value) in scalars {
        if let value { events.add(tag, step: step.iteration, value: value) }
      }
    }
    for (iteration, result) in try runs.results(ofRun: id) {
      let tag = "\(result.metric.rawValue)/\(result.tensor)"
      if let value = result.value { events.add(tag, step: iteration, value: value) }
      if let interval = result.confidenceInterval {
        events.add("\(tag)/low", step: iteration, value: interval.lowerBound)
        events.add("\(tag)/high", step: iteration, value: interval.upperBound)
      }
    }
    let folder = output ?? "."
    try makeFolder(folder)
    // TensorBoard reads files whose names contain `tfevents`; one name a run replaces an older file.
    let path = "\(folder)/events.out.tfevents.\(id).geed"
    try writeAtomically(events.bytes, to: path)
    print(path)
  }

  private func printObservations(ofRun id: Int64) throws {
    let store = try RunStore(opening: store)
    _ = try store.run(id)
    print("iteration,metric,tensor,example,name,label,element,value,prediction")
    do {
      try store.forEachObservation(ofRun: id) { observation in
        try StandardOutput.requireWritten()
        print(
          [
            String(observation.iteration), observation.metric.rawValue, observation.tensor,
            String(observation.example), observation.exampleName ?? "",
            observation.label.map(String.init) ?? "", observation.element,
            "\(observation.value)", observation.prediction.map(String.init) ?? "",
          ].map(\.quotedForCSV).joined(separator: ","))
      }
    } catch {
      // The store would treat a failed write as its own error, so it is thrown here.
      try StandardOutput.requireWritten()
      throw error
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
}

extension String {
  /// The text as a field of CSV (RFC 4180).
  fileprivate var quotedForCSV: String {
    contains(where: { ",\"\r\n".contains($0) || $0.isNewline })
      ? "\"\(replacing("\"", with: "\"\""))\"" : self
  }
}
