// SPDX-License-Identifier: MIT

import GEED

/// The examples of a NumPy array in a `.npy` file.
///
/// | shape of the array | shape of an example |
/// |---|---|
/// | `[N, C, H, W]` | `[C, H, W]` |
/// | `[N, H, W, C]` | `[C, H, W]` if that is the shape of the model's input; otherwise an error |
/// | `[N, H, W]` | `[1, H, W]`; `[H, W]` if the model's input is known to have three axes |
/// | `[N, D]`, and more than four axes | as they are, without N |
///
/// Floating-point numbers (`float32`, `float16`, `float64`) are used as they are, and so are integers
/// up to 2²⁴; a crop, mean and standard deviation apply where given. Bytes (`uint8`) are scaled to
/// 0...1 and preprocessed like images; with other than 1 or 3 channels they cannot be resized. An
/// example that is no `[C, H, W]` counts as one channel. Both byte orders are supported; Fortran
/// order is not.
public struct NumPyDataset: Dataset {
  private let examples: ArrayExamples

  /// Opens a `.npy` file; its elements stay on disk.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - preprocessing: The preprocessing of every example.
  ///   - inputAxes: The axes of the model's input, which decide whether `[N, H, W]` are images of one
  ///     channel, and whether `[N, H, W, C]` has channels last; `nil` if they are unknown.
  /// - Throws: ``DataError`` if the file is missing, is not a NumPy array of a shape and type
  ///   above, is shorter than its header states, or does not suit `preprocessing`.
  public init(
    path: String, preprocessing: Preprocessing = Preprocessing(), inputAxes: InputAxes? = nil
  ) throws(DataError) {
    let file = try DataFile(opening: path, expected: "a NumPy array")
    examples = try ArrayExamples(
      ArrayRows(npy: file, range: 0..<file.byteCount, path: path), named: lastComponent(of: path),
      preprocessing: preprocessing, inputAxes: inputAxes)
  }

  public var name: String { examples.name }

  public var count: Int { examples.count }

  public var exampleShape: [Int] { examples.exampleShape }

  public func example(at index: Int) throws(DataError) -> Tensor {
    try examples.example(at: index)
  }

  public func notes(on examples: [Int]) -> [String] { self.examples.notes(on: examples) }
}
