// SPDX-License-Identifier: MIT

struct ForwardPass: Sendable {
  let inputs: Tensor
  /// Empty before the batch has gone through the model.
  var outputs: [String: Tensor] = [:]
  /// The fingerprints of the examples of its units, by unit number.
  let sources: [Int: ExampleFingerprint]
}

/// The inputs and outputs of one unit of an ``InputPlan``, in consecutive rows.
struct OrbitOutputs {
  let number: Int
  let pass: ForwardPass
  let firstRow: Int
}

/// An assembler of units from a stream of batches, whose boundaries need not be those of orbits.
struct OrbitAssembler: Sendable {
  private let plan: InputPlan
  private let tensors: [String]
  /// The first unit to assemble; earlier ones are known from records.
  private let firstUnit: Int
  /// The rows so far of a unit that continues in the next batch.
  private var inputs: [Float] = []
  private var outputs: [String: [Float]] = [:]

  init(plan: InputPlan, tensors: Set<String>, firstUnit: Int) {
    self.plan = plan
    self.tensors = tensors.sorted()
    self.firstUnit = firstUnit
  }

  /// Adds the batch that begins with the input at `first`.
  mutating func add(_ pass: ForwardPass, at first: Int) -> [OrbitOutputs] {
    let end = first + pass.inputs.rowCount
    var units: [OrbitOutputs] = []
    var position = first
    while position < end {
      let number = plan.unitNumber(ofInput: position)
      let range = plan.inputs(ofUnit: number)
      let rows = position - first..<min(range.upperBound, end) - first
      position = first + rows.upperBound
      guard number >= firstUnit else { continue }
      if rows.count == range.count {
        units.append(OrbitOutputs(number: number, pass: pass, firstRow: rows.lowerBound))
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

  /// Returns a unit after its last rows have been added.
  private mutating func finish(_ number: Int, like pass: ForwardPass) -> OrbitOutputs {
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
    return OrbitOutputs(
      number: number,
      pass: ForwardPass(
        inputs: Tensor(shape: [count] + pass.inputs.rowShape, scalars: inputs), outputs: whole,
        sources: pass.sources),
      firstRow: 0)
  }
}

extension Tensor {
  /// Returns the scalars of consecutive rows of a batch.
  func scalars(ofRows rows: Range<Int>) -> ArraySlice<Float> {
    let size = Tensor.count(of: rowShape)
    return scalars[rows.lowerBound * size..<rows.upperBound * size]
  }
}
