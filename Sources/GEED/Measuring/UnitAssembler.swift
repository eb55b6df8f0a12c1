// SPDX-License-Identifier: MIT

/// A batch of inputs and what the model made of it.
struct ForwardPass: Sendable {
  let inputs: Tensor
  let outputs: [String: Tensor]
  /// What the examples of its units are, by the number of the unit.
  let sources: [Int: ExampleFingerprint]
}

/// The inputs and outputs of one unit of an ``InputPlan``, in consecutive rows.
struct UnitOutputs {
  /// The number of the unit.
  let number: Int
  /// Where its rows are.
  let pass: ForwardPass
  /// The first of them.
  let firstRow: Int
}

/// Finds the units in a stream of batches, of which the orbits take no notice.
struct UnitAssembler: Sendable {
  private let plan: InputPlan
  private let tensors: [String]
  /// Units before this one are known and are not made.
  private let firstUnit: Int
  /// The rows so far of a unit that goes on in the next batch.
  private var inputs: [Float] = []
  private var outputs: [String: [Float]] = [:]

  init(plan: InputPlan, tensors: Set<String>, firstUnit: Int) {
    self.plan = plan
    self.tensors = tensors.sorted()
    self.firstUnit = firstUnit
  }

  /// Takes the batch that begins with the input at `first`.
  ///
  /// - Returns: The units that end in it, in order.
  mutating func add(_ pass: ForwardPass, at first: Int) -> [UnitOutputs] {
    let end = first + pass.inputs.rowCount
    var units: [UnitOutputs] = []
    var position = first
    while position < end {
      let number = plan.unitNumber(ofInput: position)
      let range = plan.inputs(ofUnit: number)
      let rows = position - first..<min(range.upperBound, end) - first
      position = first + rows.upperBound
      guard number >= firstUnit else { continue }
      if rows.count == range.count {
        units.append(UnitOutputs(number: number, pass: pass, firstRow: rows.lowerBound))
      } else {
        keep(rows, of: pass)
        if position == range.upperBound { units.append(finish(number, like: pass)) }
      }
    }
    return units
  }

  private mutating func keep(_ rows: Range<Int>, of pass: ForwardPass) {
    inputs += pass.inputs.scalars(ofRows: rows)
    for tensor in tensors {
      guard let output = pass.outputs[tensor] else { continue }
      outputs[tensor, default: []] += output.scalars(ofRows: rows)
    }
  }

  /// The unit whose last rows have come.
  private mutating func finish(_ number: Int, like pass: ForwardPass) -> UnitOutputs {
    defer {
      inputs.removeAll(keepingCapacity: true)
      for tensor in tensors { outputs[tensor]?.removeAll(keepingCapacity: true) }
    }
    let count = plan.inputs(ofUnit: number).count
    var whole: [String: Tensor] = [:]
    for tensor in tensors {
      guard let scalars = outputs[tensor], let last = pass.outputs[tensor] else { continue }
      whole[tensor] = Tensor(shape: [count] + last.rowShape, scalars: scalars)
    }
    return UnitOutputs(
      number: number,
      pass: ForwardPass(
        inputs: Tensor(shape: [count] + pass.inputs.rowShape, scalars: inputs), outputs: whole,
        sources: pass.sources),
      firstRow: 0)
  }
}

extension Tensor {
  /// The scalars of consecutive rows of a batch.
  func scalars(ofRows rows: Range<Int>) -> ArraySlice<Float> {
    let size = Tensor.count(of: rowShape)
    return scalars[rows.lowerBound * size..<rows.upperBound * size]
  }
}
