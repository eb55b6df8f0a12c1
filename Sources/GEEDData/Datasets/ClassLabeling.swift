// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Labels of examples, or numbers of classes, read from files, in the numbering of a model's
/// outputs.
///
/// | file | content |
/// |---|---|
/// | labels, CSV | rows `example,class`, or one column of classes in the order of the examples |
/// | labels, JSON | `{"example": class, …}`, or `[class, …]` in the order of the examples |
/// | class map, CSV | rows `name,number` |
/// | class map, JSON | `{"name": number, …}`, or `["name of 0", "name of 1", …]` |
///
/// An example is given by its name from `Dataset.exampleName(at:)`, by the last component of that
/// name if it is unique, or by its number from 0. A class is a number from 0, a name of the class
/// map, or a WordNet id of ImageNet. A first row without a number or a WordNet id is a heading if
/// all later rows have one, or if it begins with a common column name such as `file`.
package struct ClassLabeling: Sendable {
  private let labels: LabelTable?
  private let labelPath: String
  private let classMap: [String: Int]
  private let mapPath: String

  /// The valid class numbers.
  private static let numbers = 0..<1 << 20

  /// Reads the files with the class of each example (`nil` to keep the folders of images) and with
  /// the number of each class (`nil` if classes are given as numbers).
  package init(labels: String?, classMap: String?) throws(DataError) {
    labelPath = labels ?? ""
    mapPath = classMap ?? ""
    self.labels = try labels.map { path throws(DataError) in
      try LabelTable(at: path, expected: "labels", row: "example,class", isListAllowed: true)
    }
    self.classMap =
      try classMap.map { path throws(DataError) in try Self.classMap(at: path) } ?? [:]
  }

  private static func classMap(at path: String) throws(DataError) -> [String: Int] {
    let pairs =
      switch try LabelTable(
        at: path, expected: "the numbers of classes", row: "name,number", isListAllowed: false)
      {
      case .named(let rows): rows
      case .ordered(let names): names.enumerated().map { (name: $1, value: "\($0)") }
      }
    var result: [String: Int] = [:]
    for (name, text) in pairs {
      guard let number = Int(text), numbers.contains(number) else {
        throw .invalid(
          path: path, expected: "a number from 0 to \(numbers.upperBound - 1) for '\(name)'",
          found: "'\(text)'")
      }
      guard result.updateValue(number, forKey: name) ?? number == number else {
        throw .invalid(path: path, expected: "one number for '\(name)'", found: "two")
      }
    }
    return result
  }

  /// Returns the same data with the labels from the files.
  package func applied(to dataset: any Dataset) throws(DataError) -> any Dataset {
    var notes: [String] = []
    let names =
      switch labels {
      case .named(let rows): try named(rows, in: dataset, notes: &notes)
      case .ordered(let classes): classes
      case nil: try ownNames(of: dataset)
      }
    guard names.count == dataset.count else {
      throw .invalid(
        path: labelPath, expected: "\(dataset.count) labels, one for each example",
        found: "\(names.count)")
    }
    var seen: Set<String> = []
    let unknown = names.filter { number(of: $0) == nil && seen.insert($0).inserted }
    guard unknown.isEmpty else {
      throw .unsuitable(
        path: mapPath.isEmpty ? labelPath : mapPath, expected: "numbers of all classes",
        found: "none for \(unknown.count) (\(unknown.prefix(3).joined(separator: ", ")))",
        fix: mapPath.isEmpty ? "give their numbers with --class-map" : "add them")
    }
    return LabeledDataset(dataset, labels: names.compactMap(number), notes: notes)
  }

  private func number(of name: String) -> Int? {
    classMap[name] ?? Int(name).flatMap { Self.numbers.contains($0) ? $0 : nil }
      ?? ImageNetClasses.places[name]
  }
}

// MARK: - Finding examples

extension ClassLabeling {
  private func ownNames(of dataset: any Dataset) throws(DataError) -> [String] {
    let classNames =
      (dataset as? ImageFolder)?.classNames ?? (dataset as? EmbeddedImages)?.classNames ?? []
    let names = (0..<dataset.count).compactMap { index in
      dataset.label(at: index).flatMap { classNames.indices.contains($0) ? classNames[$0] : nil }
    }
    guard names.count == dataset.count else {
      throw .unsuitable(
        path: dataset.name, expected: "images in class folders for --class-map",
        found: "\(dataset.count - names.count) examples without one",
        fix: "give the class of each example with --labels")
    }
    return names
  }

  private func named(
    _ rows: [(name: String, value: String)], in dataset: any Dataset, notes: inout [String]
  ) throws(DataError) -> [String] {
    let keys = Self.keys(of: dataset)
    var found: [Int: String] = [:]
    var strays: [String] = []
    for row in rows {
      guard let index = keys[row.name] ?? Int(row.name), (0..<dataset.count).contains(index)
      else {
        strays.append(row.name)
        continue
      }
      if let other = found.updateValue(row.value, forKey: index), other != row.value {
        throw .invalid(
          path: labelPath, expected: "one class for '\(row.name)'",
          found: "'\(other)' and '\(row.value)'")
      }
    }
    let missing = (0..<dataset.count).filter { found[$0] == nil }
    guard missing.isEmpty else {
      let examples = missing.prefix(3).map { dataset.exampleName(at: $0) ?? "\($0)" }
      throw .unsuitable(
        path: labelPath, expected: "a label for each of \(dataset.count) examples",
        found: "none for \(missing.count) (\(examples.joined(separator: ", ")))",
        fix: "add them; a row is 'file,class' or 'number,class'")
    }
    if !strays.isEmpty {
      notes.append(
        "\(strays.count) of \(rows.count) rows of '\(labelPath)' are of no example: "
          + strays.prefix(3).joined(separator: ", ") + (strays.count > 3 ? ", …." : "."))
    }
    return (0..<dataset.count).compactMap { found[$0] }
  }

  /// The examples by name, and by the last component of their names where that is unique.
  private static func keys(of dataset: any Dataset) -> [String: Int] {
    var keys: [String: Int] = [:]
    var lasts: [String: [Int]] = [:]
    for index in 0..<dataset.count {
      guard let name = dataset.exampleName(at: index) else { continue }
      keys[name] = index
      lasts[lastComponent(of: name), default: []].append(index)
    }
    return lasts.filter { $0.value.count == 1 }.mapValues { $0[0] }
      .merging(keys) { _, exact in exact }
  }
}

/// The examples of another data set with labels in the numbering of a model.
private struct LabeledDataset: DatasetWrapper {
  let base: any Dataset
  private let labels: [Int]
  private let ownNotes: [String]

  init(_ base: any Dataset, labels: [Int], notes: [String]) {
    self.base = base
    self.labels = labels
    ownNotes = notes
  }

  func label(at index: Int) -> Int? { labels[index] }

  var classes: ClassCounts? { countedClasses }

  var classNumbering: ClassNumbering? {
    ClassNumbering(numbers: Array(0...(labels.max() ?? 0)))
  }

  func notes(on examples: [Int]) -> [String] { base.notes(on: examples) + ownNotes }
}
