// SPDX-License-Identifier: MIT

import GEED

/// The examples of a NumPy array in a `.npy` file.
///
/// | shape of the array | shape of an example |
/// |---|---|
/// | `[N, C, H, W]` | `[C, H, W]` |
/// | `[N, H, W]` | `[1, H, W]` |
/// | `[N, D]` | `[D]` |
///
/// Floating-point numbers (`float32`, `float16`, `float64`) are used as they are; a crop, mean and
/// standard deviation apply where given. Bytes (`uint8`) are scaled to 0...1 and preprocessed like
/// images; with other than 1 or 3 channels they cannot be resized. A vector counts as one
/// channel. Both byte orders are supported; Fortran order is not.
public struct NumPyDataset: Dataset {
  public let name: String
  public let count: Int
  public let exampleShape: [Int]

  private let file: DataFile
  private let header: NumPyHeader
  private let element: NumPyElement
  private let preprocessing: Preprocessing

  /// Opens a `.npy` file; its elements stay on disk.
  ///
  /// - Throws: ``DataError`` if the file is missing, is not a NumPy array of a shape and type
  ///   above, is shorter than its header states, or does not suit `preprocessing`.
  public init(
    path: String, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    file = try DataFile(opening: path, expected: "a NumPy array")
    header = try NumPyHeader(of: file)
    element = try Self.element(of: header, path: path)
    self.preprocessing = preprocessing
    name = lastComponent(of: path)
    count = header.shape[0]
    try Self.requireLength(of: file, header: header, element: element)
    // `example(at:)` cannot run before all properties have values.
    exampleShape = try Self.example(
      0, in: file, header: header, element: element, preprocessing: preprocessing
    ).shape
  }

  public func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try Self.example(
      index, in: file, header: header, element: element, preprocessing: preprocessing)
  }
}

// MARK: - Reading

extension NumPyDataset {
  private static func example(
    _ index: Int, in file: DataFile, header: NumPyHeader, element: NumPyElement,
    preprocessing: Preprocessing
  ) throws(DataError) -> Tensor {
    let shape = header.exampleShape
    let byteCount = Tensor.count(of: shape) * element.byteCount
    let bytes = try file.bytes(at: header.dataOffset + index * byteCount, count: byteCount)
    if element.kind == .uint8 {
      return try preprocessing.tensor(ofPlanes: bytes, shape: shape, from: file.path)
    }
    let floats = element.floats(in: bytes)
    if let position = floats.firstIndex(where: { !$0.isFinite }) {
      throw .invalid(
        path: file.path, expected: "finite numbers in example \(index)",
        found: "\(floats[position]) at position \(position)")
    }
    return try preprocessing.tensor(
      of: Tensor(shape: shape, scalars: floats), from: file.path)
  }
}

extension NumPyHeader {
  /// The shape of one example; grey images get a channel axis.
  fileprivate var exampleShape: [Int] {
    let rowShape = Array(shape.dropFirst())
    return rowShape.count == 2 ? [1] + rowShape : rowShape
  }
}

// MARK: - Checks

extension NumPyDataset {
  private static func element(
    of header: NumPyHeader, path: String
  ) throws(DataError) -> NumPyElement {
    guard let element = NumPyElement(typeCode: header.typeCode) else {
      throw .unsuitable(
        path: path, expected: "elements of type float32, float16, float64 or uint8",
        found: "'\(header.typeCode)'", fix: "convert with array.astype('float32')")
    }
    guard !header.isFortranOrder else {
      throw .unsuitable(
        path: path, expected: "an array in C order", found: "Fortran order",
        fix: "save numpy.ascontiguousarray(array)")
    }
    let shape = header.shape
    guard (2...4).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw .invalid(
        path: path, expected: "a shape [N, C, H, W], [N, H, W] or [N, D] without zeros",
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
    return element
  }

  private static func requireLength(
    of file: DataFile, header: NumPyHeader, element: NumPyElement
  ) throws(DataError) {
    guard let byteCount = product(of: [element.byteCount] + header.shape, atMost: Int.max / 2)
    else {
      throw .invalid(
        path: file.path, expected: "an array that fits into a file", found: "\(header.shape)")
    }
    guard file.byteCount >= header.dataOffset + byteCount else {
      throw .truncated(
        path: file.path, expectedBytes: header.dataOffset + byteCount,
        foundBytes: file.byteCount)
    }
  }
}
