// SPDX-License-Identifier: MIT

/// An axis of arrays `[N, ...]`, counted as in NumPy: 1 is the first axis after that of the examples,
/// −1 the last one.
package struct ArrayAxis: Sendable, Hashable, CustomStringConvertible {
  /// The number of the axis, which is not 0.
  private let number: Int

  /// The last axis.
  package static let last = ArrayAxis(number: -1)

  /// Creates the axis at a position in the shape of an example, counted from 0.
  package init(position: Int) {
    precondition(position >= 0, "Expected a position from 0, but got \(position).")
    self.init(number: position + 1)
  }

  private init(number: Int) {
    self.number = number
  }

  /// Reads a number such as `1` or `-1`; `nil` for 0, which is the axis of the examples.
  init?(_ text: Substring) {
    guard text.count <= 3, let number = Int(text), number != 0, "\(number)" == text else {
      return nil
    }
    self.init(number: number)
  }

  package var description: String { "\(number)" }

  /// Returns the position of the axis in the shape of an example, and the numbers of scalars in the
  /// axes before and after it.
  ///
  /// - Throws: ``ActionError`` that names `group` if there is no such axis.
  func place(
    in shape: [Int], for group: String
  ) throws(ActionError) -> (position: Int, outer: Int, inner: Int) {
    let position = number > 0 ? number - 1 : shape.count + number
    guard shape.indices.contains(position) else {
      throw .missingAxes(
        group: group, shape: shape,
        expected: "at least \(abs(number)) \(abs(number) == 1 ? "axis" : "axes")")
    }
    return (
      position, Tensor.count(of: [Int](shape[..<position])),
      Tensor.count(of: [Int](shape[(position + 1)...]))
    )
  }
}
