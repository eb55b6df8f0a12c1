// SPDX-License-Identifier: MIT

import GEED

/// A file of several arrays, each with a name.
struct ArrayContainer: Sendable {
  /// An array in the file.
  struct Entry: Sendable {
    /// The name, with those of its groups in an HDF5 file.
    let name: String

    /// The length of every axis; empty for a single number.
    let shape: [Int]

    /// The type of the elements, as the file's format calls it.
    let typeName: String

    /// The type of the elements; `nil` for one that is not read.
    let element: ArrayElement?

    /// Opens the array for reading.
    let rows: @Sendable () throws(DataError) -> ArrayRows

    /// The name, type and shape.
    var summary: String { "'\(name)' (\(typeName), \(shape))" }
  }

  let path: String

  /// All arrays, in the order of the file.
  let entries: [Entry]

  /// - Throws: ``DataError`` if a name occurs twice.
  init(path: String, entries: [Entry]) throws(DataError) {
    var seen: Set<String> = []
    if let entry = entries.first(where: { !seen.insert($0.name).inserted }) {
      throw .invalid(path: path, expected: "names that differ", found: "'\(entry.name)' twice")
    }
    (self.path, self.entries) = (path, entries)
  }

  /// Opens an array as examples, with the labels that belong to it.
  ///
  /// - Parameter name: The name of the array; `nil` for the only one that can be examples.
  func examples(
    named name: String?, preprocessing: Preprocessing, inputAxes: InputAxes?
  ) throws(DataError) -> ArrayExamples {
    let entry = try entry(named: name)
    let rows = try entry.rows()
    let (labels, notes) = try labels(for: entry)
    return try ArrayExamples(
      rows, named: "\(lastComponent(of: path)):/\(entry.name)", preprocessing: preprocessing,
      inputAxes: inputAxes, labels: labels, notes: notes)
  }

  private func entry(named name: String?) throws(DataError) -> Entry {
    if let name {
      if let entry = entries.first(where: { $0.name == name }) { return entry }
      throw .unsuitable(
        path: path, expected: "an array '\(name)'", found: Self.list(entries),
        fix: "name an array that there is")
    }
    let candidates = entries.filter { entry in
      entry.element != nil && entry.shape.count >= 2 && !entry.shape.contains(0)
        && !ArrayName(entry.name).isOfLabels
    }
    guard let first = candidates.first else {
      throw .invalid(
        path: path, expected: "an array [N, …] of examples", found: Self.list(entries))
    }
    guard candidates.count == 1 else {
      throw .unsuitable(
        path: path, expected: "one array [N, …]", found: Self.list(candidates),
        fix: "name one, as in '\(path):/\(first.name)'")
    }
    return first
  }

  private static func list(_ entries: [Entry]) -> String {
    guard !entries.isEmpty else { return "none" }
    let rest = entries.count > 8 ? " and \(entries.count - 8) more" : ""
    return entries.prefix(8).map(\.summary).joined(separator: ", ") + rest
  }
}

// MARK: - Labels

extension ArrayContainer {
  /// The greatest number of a class.
  private static let greatestLabel = 1 << 20

  /// Returns the classes of the rows of an array, with a sentence on where they are from, or on why
  /// an array that is called so is not used.
  private func labels(for examples: Entry) throws(DataError) -> ([Int]?, [String]) {
    let name = ArrayName(examples.name)
    var found: [(name: String, labels: [Int])] = []
    var notes: [String] = []
    for entry in entries where ArrayName(entry.name).areLabels(of: name) {
      guard entry.shape.first == examples.shape.first,
        entry.shape.dropFirst().allSatisfy({ $0 == 1 })
      else {
        notes.append(
          "'\(entry.name)' has the shape \(entry.shape) and is not used: labels are one number for "
            + "each of \(examples.shape.first ?? 0) examples.")
        continue
      }
      guard entry.element?.kind.isFloating == false, let labels = try entry.rows().integers() else {
        notes.append("'\(entry.name)' holds \(entry.typeName), not integers, and is not used.")
        continue
      }
      guard labels.allSatisfy({ (0...Self.greatestLabel).contains($0) }) else {
        notes.append(
          "'\(entry.name)' has numbers outside of 0...\(Self.greatestLabel) and is not used as "
            + "labels.")
        continue
      }
      found.append((entry.name, labels))
    }
    guard let first = found.first else { return (nil, notes) }
    guard found.allSatisfy({ $0.labels == first.labels }) else {
      let names = found.map { "'\($0.name)'" }.joined(separator: " and ")
      return (nil, notes + ["\(names) differ, and none is used as labels."])
    }
    return (first.labels, notes + ["The labels are those of '\(first.name)'."])
  }
}

/// The name of an array, as far as it says what the array holds: `x_test` and `y_test`, or
/// `train/images` and `train/labels`, belong together.
private struct ArrayName {
  /// The names of the groups around the array.
  private let group: String

  /// The words of the name that are names of parts, such as `test`.
  private let parts: Set<DataSplit>

  /// The other words of the name.
  private let words: [String]

  init(_ name: String) {
    let components = name.split(separator: "/").map(String.init)
    group = components.dropLast().joined(separator: "/")
    let all = (components.last ?? "").lowercased()
      .split { "_-. ".contains($0) }.map(String.init)
    parts = Set(all.compactMap(DataSplit.init(folderName:)))
    words = all.filter { DataSplit(folderName: $0) == nil }
  }

  /// Whether an array of this name holds labels.
  var isOfLabels: Bool {
    words.count == 1 && ["labels", "label", "y", "targets", "target"].contains(words[0])
  }

  /// Whether an array of this name holds the labels of another one.
  func areLabels(of other: ArrayName) -> Bool {
    isOfLabels && group == other.group && parts == other.parts
  }
}
