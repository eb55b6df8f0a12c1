// SPDX-License-Identifier: MIT

extension ProtoNode {
  /// The attribute with a name, or `nil` if it is not given.
  func attribute(_ name: String) -> ProtoAttribute? { attribute.first { $0.name == name } }

  /// The number of an attribute, or `nil` if it is not given.
  func integer(_ name: String) -> Int? { attribute(name).map { Int($0.i) } }

  /// The numbers of an attribute, or `nil` if it is not given.
  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(Int.init) } }

  /// The text of an attribute, or `nil` if it is not given.
  func text(_ name: String) -> String? {
    attribute(name).map { String(decoding: $0.s, as: UTF8.self) }
  }

  /// The attribute `axis`, counted from the first axis of a tensor of a rank.
  ///
  /// - Parameters:
  ///   - rank: The number of axes.
  ///   - usual: The axis if none is given, from -1 on counted from the last one.
  /// - Returns: A number from 0 to `rank` - 1; `nil` for an axis that the tensor does not have.
  func axis(ofRank rank: Int, usual: Int) -> Int? {
    let axis = integer("axis") ?? usual
    let index = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(index) ? index : nil
  }
}
