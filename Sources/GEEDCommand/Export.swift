// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDStore

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print a run in a store as JSON or CSV.",
    discussion: """
      json is the output of 'geed measure --json', byte for byte. csv has one line for each probe, \
      example and element of the group, with the value m(f(gx), g f̂(x)) before division by M, in \
      full precision. The iteration is that of a training, and 0 for a measurement.

      Example:

        geed export 3 --store geed.sqlite --format csv > run3.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json
    case csv
  }

  @Argument(
    help: ArgumentHelp("The number of the run, as listed by 'geed runs'.", valueName: "run"))
  var id: Int64

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"
  @Option(help: "The output format.") var format: Format = .json

  func run() throws {
    let store = try RunStore(opening: store)
    switch format {
    case .json: print(try store.finishedDocument(ofRun: id))
    case .csv: try printObservations(of: store)
    }
  }

  private func printObservations(of store: RunStore) throws {
    _ = try store.run(id)
    print("iteration,metric,tensor,example,name,label,element,value")
    do {
      try store.forEachObservation(ofRun: id) { observation in
        try StandardOutput.requireWritten()
        print(
          [
            String(observation.iteration), observation.metric.rawValue, observation.tensor,
            String(observation.example), observation.exampleName ?? "",
            observation.label.map(String.init) ?? "", observation.element,
            "\(observation.value)",
          ].map(\.quotedForCSV).joined(separator: ","))
      }
    } catch {
      // The store would treat a failed write as its own error, so it is thrown here.
      try StandardOutput.requireWritten()
      throw error
    }
  }
}

/// The error for a run that has no document because it was not finished or is a training.
struct UnfinishedRun: Error, CustomStringConvertible {
  let path: String
  let run: RunSummary

  var description: String {
    run.kind == .train
      ? "Run \(run.id) of '\(path)' is a training, which has no single result; '--format csv' prints "
        + "its observations."
      : "Run \(run.id) of '\(path)' is not finished; 'geed measure' with '--resume' finishes it."
  }
}

extension RunStore {
  /// Returns the document that `geed measure --json` printed.
  func finishedDocument(ofRun id: Int64) throws -> String {
    guard let document = try document(ofRun: id) else {
      throw UnfinishedRun(path: path, run: try run(id))
    }
    return document
  }
}

extension String {
  /// The text as a field of CSV (RFC 4180).
  fileprivate var quotedForCSV: String {
    contains(where: { ",\"\r\n".contains($0) || $0.isNewline })
      ? "\"\(replacing("\"", with: "\"\""))\"" : self
  }
}
