// SPDX-License-Identifier: MIT

/// The group of order 2 that changes the sign of all numbers of an array.
package struct SignChange: GroupAction, OperatorAction {
  package let group = FiniteGroup(
    name: "sign", elementNames: ["+", "−"], knownProduct: { ($0 + $1) % 2 })

  package init() {}

  package var gridAction: (any TransformationAction)? { nil }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let count = Tensor.count(of: shape)
    return [
      .identity(count: count),
      ArrayOperator(
        count: count, blockSize: max(count, 1), map: .pointwise(gain: -1, offset: 0)),
    ]
  }
}
