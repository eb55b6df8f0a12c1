// SPDX-License-Identifier: MIT

import GEED

/// The rows of an array `[N, …]` as examples, with labels where there are any.
///
/// | shape of the array | shape of an example |
/// |---|---|
/// | `[N, C, H, W]` | `[C, H, W]` |
/// | `[N, H, W]` | `[1, H, W]`; `[H, W]` if the model's input is known to have three axes |
/// | `[N, D]`, and more than four axes | as they are, without N |
///
/// Floating-point numbers, and integers and truth values, are used as they are; a crop, mean and
/// standard deviation apply where given. Bytes (`uint8`) are scaled to 0...1 and preprocessed like
/// images; with other than 1 or 3 channels they cannot be resized. An example that is no
/// `[C, H, W]` counts as one channel.
package struct ArrayExamples: Dataset {
  package let name: String
  package let exampleShape: [Int]

  private let rows: ArrayRows
  private let rowShape: [Int]
  private let preprocessing: Preprocessing
  private let labels: [Int]?
  private let ownNotes: [String]

  /// - Parameters:
  ///   - inputAxisCount: The number of axes of the model's input with that of the batch; `nil` if it
  ///     is unknown.
  ///   - labels: The class of each row; `nil` if they are unknown.
  ///   - notes: Sentences on where the labels are from.
  /// - Throws: ``DataError`` if the array is none of examples, or does not suit `preprocessing`.
  init(
    _ rows: ArrayRows, named name: String, preprocessing: Preprocessing,
    inputAxisCount: Int? = nil, labels: [Int]? = nil, notes: [String] = []
  ) throws(DataError) {
    precondition(
      labels == nil || labels?.count == rows.count,
      "Expected \(rows.count) labels, but got \(labels?.count ?? 0).")
    try Self.requireExamples(rows.shape, path: rows.path, inputAxisCount: inputAxisCount)
    (self.name, self.rows, self.preprocessing) = (name, rows, preprocessing)
    self.labels = labels
    let isOnePlane = rows.rowShape.count == 2 && inputAxisCount != 3
    rowShape = isOnePlane ? [1] + rows.rowShape : rows.rowShape
    ownNotes =
      notes + Self.notes(on: rows.element, rowShape: rowShape, name: name)
      + (rowShape.count == 2
        ? [
          "The examples of '\(name)' have no axis of channels, as the model's input has three axes: "
            + "\(rowShape[0]) rows and \(rowShape[1]) columns are what a group acts on."
        ] : [])
    // `example(at:)` cannot run before all properties have values.
    exampleShape = try Self.example(0, of: rows, shape: rowShape, preprocessing: preprocessing)
      .shape
  }

  package var count: Int { rows.count }

  /// Whether the numbers in the file are bytes, which are scaled.
  var holdsBytes: Bool { rows.element.kind == .uint8 }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try Self.example(index, of: rows, shape: rowShape, preprocessing: preprocessing)
  }

  package func label(at index: Int) -> Int? { labels?[index] }

  package func notes(on examples: [Int]) -> [String] { ownNotes }
}

extension ArrayExamples {
  private static func example(
    _ index: Int, of rows: ArrayRows, shape: [Int], preprocessing: Preprocessing
  ) throws(DataError) -> Tensor {
    if rows.element.kind == .uint8 {
      return try preprocessing.tensor(
        ofPlanes: rows.bytes(ofRow: index), shape: shape, from: rows.path)
    }
    return try preprocessing.tensor(
      of: Tensor(shape: shape, scalars: rows.floats(ofRow: index)), from: rows.path)
  }

  /// Says what the numbers mean where it may surprise: bytes that are no image are scaled like one,
  /// and wider integers are not.
  private static func notes(
    on element: ArrayElement, rowShape: [Int], name: String
  ) -> [String] {
    let isImage = rowShape.count == 3 && [1, 3].contains(rowShape[0])
    if element.kind == .uint8 {
      return isImage
        ? []
        : [
          "The bytes of '\(name)' are scaled like those of images, by 1 / 255; numbers of another "
            + "type would be used as they are."
        ]
    }
    return element.kind.isFloating
      ? [] : ["The numbers of '\(name)' (\(element.kind.rawValue)) are used as they are."]
  }

  private static func requireExamples(
    _ shape: [Int], path: String, inputAxisCount: Int?
  ) throws(DataError) {
    guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else {
      throw .invalid(
        path: path,
        expected: "a shape of two axes or more without zeros, such as [N, C, H, W] or [N, D]",
        found: "\(shape)")
    }
    try requireReadableExample(Array(shape.dropFirst()), path: path)
    let looksChannelsLast =
      shape.count == 4 && shape[1] == shape[2] && shape[1] > 4 && [1, 3, 4].contains(shape[3])
    guard !looksChannelsLast else {
      throw .unsuitable(
        path: path, expected: "a shape [N, C, H, W]",
        found: "\(shape), which looks like [N, H, W, C]",
        fix: "save array.transpose(0, 3, 1, 2).copy()")
    }
  }
}
