// SPDX-License-Identifier: MIT

import GEED

/// A model made invariant, or equivariant, by averaging over the group: mean over *g* of
/// φ_Y(g⁻¹) *f*(*gx*), as in test-time augmentation.
///
/// Without an output action the named outputs are the orbit means of *f*: exactly invariant if the
/// action on inputs is exact, and otherwise up to its defects (``PreparedAction/lawDefects(on:)``).
///
///     let invariant = OrbitAveragedModel(model, over: ImageAction.rotations(4))
package struct OrbitAveragedModel: MeasurableModel {
  package let base: any MeasurableModel
  package let inputAction: any GroupAction

  /// The action of the group on the averaged outputs; `nil` for none.
  package let outputAction: (any GroupAction)?

  /// The names of the outputs that are averaged; `nil` for all.
  package let names: Set<String>?

  package init(
    _ base: any MeasurableModel, over inputAction: any GroupAction,
    outputAction: (any GroupAction)? = nil, names: Set<String>? = nil
  ) {
    precondition(
      outputAction.map { $0.group == inputAction.group } ?? true,
      "Expected an output action of \(inputAction.group.name).")
    self.base = base
    self.inputAction = inputAction
    self.outputAction = outputAction
    self.names = names
  }

  package func outputs(for batch: Tensor) throws -> [String: Tensor] {
    let group = inputAction.group
    let input = try inputAction.prepared(for: batch.rowShape)
    var result = try base.outputs(for: batch)
    let averaged = names.map { result.keys.filter($0.contains) } ?? Array(result.keys)
    let output = try averaged.reduce(into: [String: PreparedAction]()) { actions, name in
      if let shape = result[name]?.rowShape {
        actions[name] = try outputAction?.prepared(for: shape)
      }
    }
    // Sums of Float are accumulated in Double. The order of the elements differs between the points
    // of an orbit; rounding the mean to Float removes its effect.
    var sums = averaged.reduce(into: [String: [Double]]()) { sums, name in
      sums[name] = result[name]?.scalars.map(Double.init)
    }
    for g in group.elements where g != group.identity {
      let moved = try base.outputs(for: input(g, batch: batch))
      for name in averaged {
        let value = try moved.output(name)
        let back = output[name].map { $0(group.inverse(of: g), batch: value) } ?? value
        for (i, scalar) in back.scalars.enumerated() { sums[name]?[i] += Double(scalar) }
      }
    }
    for name in averaged {
      guard let shape = result[name]?.shape, let sum = sums[name] else { continue }
      result[name] = Tensor(shape: shape, scalars: sum.map { Float($0 / Double(group.order)) })
    }
    return result
  }
}
