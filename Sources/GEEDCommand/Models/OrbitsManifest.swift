// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

/// The JSON document beside the array of `geed orbits`.
struct OrbitsManifest: Codable {
  struct File: Codable {
    let path: String
    let rows: Int
    let sha256: String
  }

  static let schema = "geed.orbits/1"

  let schema: String
  let version: String
  /// The options of `geed measure` that make the same inputs.
  let options: [String]
  /// The shape of one row.
  let shape: [Int]
  let order: InputOrder
  let files: [File]
  /// The hash of every row (``InputHash``).
  let inputs: [String]

  init(options: [String], order: InputOrder, shape: [Int], files: [File], inputs: [String]) {
    schema = Self.schema
    version = Geed.version
    self.options = options
    self.order = order
    self.shape = shape
    self.files = files
    self.inputs = inputs
  }

  /// Reads a manifest.
  init(contentsOf path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = Array(try Foundation.Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw DataError.missing(path: path, expected: "a manifest of 'geed orbits' that can be read")
    }
    guard let found = try? JSONDecoder().decode(Self.self, from: Foundation.Data(bytes)),
      found.schema == Self.schema, found.inputs.count == found.order.rowCount
    else {
      throw DataError.invalid(
        path: path, expected: "a manifest of 'geed orbits', '\(Self.schema)'",
        found: "something else")
    }
    self = found
  }

  /// Returns the words of a `geed orbits` command as those of `geed measure`: the data by their option,
  /// and without the options on what is written.
  static func options(of words: [String], data: String) throws -> [String] {
    var rest: [String] = []
    var isValue = false
    let written = ["-o", "--output", "--rows"]
    for word in words {
      if isValue {
        isValue = false
      } else if written.contains(word) {
        isValue = true
      } else if !written.contains(where: { word.hasPrefix("\($0)=") }) {
        rest.append(word)
      }
    }
    // The word may also be the value of another option.
    for place in rest.indices where rest[place] == data {
      var options = rest
      options.remove(at: place)
      options += ["--data", data]
      let measure = try? Measure.parse(["model"] + options + ["--latent", "outputs"])
      if measure?.options.source.data == [data] { return options }
    }
    preconditionFailure("Expected the options of 'geed orbits' to be options of 'geed measure'.")
  }

  /// Returns the arguments of the tool with the options of the manifest that `--manifest` names before
  /// the others, and the manifest as the model.
  static func expanding(_ arguments: [String]) throws -> [String] {
    guard let command = arguments.first, ["measure", "plan"].contains(command) else {
      return arguments
    }
    guard let path = value(of: "--manifest", in: arguments) else {
      guard value(of: "--outputs", in: arguments) == nil else {
        throw UsageError(
          "'--outputs' needs '--manifest', the file that 'geed orbits' wrote beside the inputs.")
      }
      return arguments
    }
    var options = try OrbitsManifest(contentsOf: path).options
    if command == "plan", let place = options.firstIndex(of: "--samples") {
      // The pilot has its own number of examples, the first of those that were drawn.
      options.removeSubrange(place...min(place + 1, options.count - 1))
    }
    return [command, "manifest:\(path)"] + options + arguments.dropFirst()
  }

  /// Returns the value of an option, which follows it as a word or after `=`.
  private static func value(of option: String, in arguments: [String]) -> String? {
    for (word, next) in zip(arguments, arguments.dropFirst().map(Optional.some) + [nil]) {
      if word == option { return next }
      if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }
}
