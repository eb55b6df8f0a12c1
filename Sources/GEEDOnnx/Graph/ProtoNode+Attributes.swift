// SPDX-License-Identifier: MIT

extension ProtoNode {
  /// Returns the attribute with a name, or `nil` if it is missing.
  func attribute(_ name: String) -> ProtoAttribute? { attribute.first { $0.name == name } }

  /// Returns the integer of an attribute, or `nil` if it is missing.
  func integer(_ name: String) -> Int? { attribute(name).map { Int($0.i) } }

  /// Returns the integers of an attribute, or `nil` if it is missing.
  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(Int.init) } }

  /// Returns the text of an attribute, or `nil` if it is missing.
  func text(_ name: String) -> String? {
    attribute(name).map { String(decoding: $0.s, as: UTF8.self) }
  }

  /// Returns the attribute `axis` as an index into the axes of a tensor.
  ///
  /// - Parameters:
  ///   - rank: The number of axes.
  ///   - usual: The axis if the attribute is missing; negative numbers count from the end.
  /// - Returns: An index in `0..<rank`, or `nil` for an axis that the tensor does not have.
  func axis(ofRank rank: Int, usual: Int) -> Int? {
    let axis = integer("axis") ?? usual
    let index = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(index) ? index : nil
  }
}
