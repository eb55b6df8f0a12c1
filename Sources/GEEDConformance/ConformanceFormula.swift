// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// A metric computed directly from the vectors of a conformance case, correctly or with one common
/// mistake of published code. It uses nothing of the estimator, as a second implementation.
package enum ConformanceFormula: String, CaseIterable, Sendable {
  /// No mistake.
  case definition
  /// Latent values are not divided by M.
  case noScale = "no M"
  /// If elements are drawn, one draw moves the input and another draw the output.
  case independentElements = "independent g"
  /// The sum over the drawn elements is divided by the order of the whole group.
  case centroidByOrder = "centroid by order"
  /// Features are scaled to length 1 before they are averaged.
  case centroidOfDirections = "centroid of normalised"
  /// Similarities are not negated.
  case positiveCosine = "positive cosine"
  /// Cosines are computed along the last axis instead of over whole channels.
  case cosineOfRows = "cosine, dim=-1"
  /// The last two axes of every output are transformed as an image.
  case axesAsTheyLie = "[C, H, W] always"
  /// The divergence of the mean from the outputs instead of that of the outputs from the mean.
  case swappedDivergence = "KL swapped"
  /// A softmax is applied to probabilities.
  case doubleSoftmax = "double softmax"
  /// A softmax is applied to a single column, or to independent labels.
  case softmaxOfLabels = "softmax of labels"
  /// The interval is the mean ± 1.96 standard errors.
  case normalInterval = "normal interval"
  /// Outputs are taken from batches of any composition.
  case anyBatch = "any batch"

  package func value(of test: ConformanceVectors) -> Double? {
    guard test.outputsAlone == nil || self == .anyBatch else { return nil }
    let deviations = deviations(of: test)
    let mean = deviations.reduce(0, +) / Double(deviations.count)
    return switch test.quantity {
    case .value: normalized(mean, test)
    case .upperEnd: upperEnd(of: deviations, mean: mean, test)
    }
  }

  /// Returns the deviation of each example.
  private func deviations(of test: ConformanceVectors) -> [Double] {
    let outputs = test.outputs.map { orbit in orbit.map { read($0, test) } }
    var generator = SplitMix64(seed: 20220)
    return outputs.map { orbit in
      let center = kernelMean(of: orbit, in: test)
      let total = orbit.indices.reduce(0.0) { sum, g in
        // Two independent draws from a group that is too large to enumerate, one for each side.
        let h =
          self == .independentElements && test.isSample
          ? generator.next(below: orbit.count) : g
        return sum + distance(orbit[g], moved(center, by: h, test), test)
      }
      return total / Double(orbit.count)
    }
  }

  /// Returns the deviation, divided by M if the metric is.
  private func normalized(_ deviation: Double, _ test: ConformanceVectors) -> Double? {
    guard test.metric == .latent || test.metric == .latentCosine, self != .noScale else {
      return deviation
    }
    let firsts = test.outputs.map { read($0[0], test) }
    let scale = pairs(firsts.count).map { i, j in
      test.metric == .latent
        ? length(zip(firsts[i], firsts[j]).map(-)) : cosine(firsts[i], firsts[j])
    }
    let m = scale.reduce(0, +) / Double(scale.count)
    return m > 0 ? deviation / m : nil
  }

  /// Returns the upper end of an interval for equal softmax deviations: a share of examples with
  /// the largest possible one, ln |G| or ln K, is missed with a probability of 5 %.
  private func upperEnd(of deviations: [Double], mean: Double, _ test: ConformanceVectors)
    -> Double?
  {
    let count = Double(deviations.count)
    let squares = deviations.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    if self == .normalInterval { return mean + 1.96 * (squares / (count - 1) / count).squareRoot() }
    guard squares == 0, test.metric == .softmax else { return nil }
    let bound = Double.log(Double(min(test.elements.count, test.outputShape[0])))
    return mean + (bound - mean) * (1 - Double.pow(0.05, 1 / count))
  }

  private func kernelMean(of orbit: [[Double]], in test: ConformanceVectors) -> [Double] {
    let kernel = orbit.indices.filter(test.isInKernel)
    let normalizes = self == .centroidOfDirections && test.metric == .latentCosine
    let members = kernel.map { k in
      normalizes ? orbit[k].map { $0 / length(orbit[k]) } : orbit[k]
    }
    // Only the mean over all drawn elements can be divided by the wrong number.
    let isOrbitMean = kernel.count == orbit.count
    let divisor =
      self == .centroidByOrder && isOrbitMean ? test.groupOrder ?? kernel.count : kernel.count
    return orbit[0].indices.map { i in
      members.reduce(0) { $0 + $1[i] } / Double(divisor)
    }
  }

  private func distance(_ a: [Double], _ b: [Double], _ test: ConformanceVectors) -> Double {
    let sign: Double = self == .positiveCosine ? 1 : -1
    switch test.metric {
    case .softmax:
      return self == .swappedDivergence ? divergence(b, a, test) : divergence(a, b, test)
    case .latent: return length(zip(a, b).map(-))
    case .equivariance: return length(zip(a, b).map(-)) / length(b)
    case .latentCosine: return sign * cosine(a, b)
    case .channelwise:
      let channels = channels(of: test)
      return channels.reduce(0) { sum, places in
        sum + sign * cosine(places.map { a[$0] }, places.map { b[$0] }) / Double(channels.count)
      }
    }
  }

  /// Returns the mean over sites of Σ a ln(a/b).
  private func divergence(_ a: [Double], _ b: [Double], _ test: ConformanceVectors) -> Double {
    func term(_ a: Double, _ b: Double) -> Double { a > 0 ? a * Double.log(a / b) : 0 }
    if readsLabels(of: test) {
      let total = zip(a, b).reduce(0.0) { $0 + term($1.0, $1.1) + term(1 - $1.0, 1 - $1.1) }
      return total / Double(a.count)
    }
    let total = zip(a, b).reduce(0.0) { $0 + term($1.0, $1.1) }
    return total / Double(test.isPerPixel ? test.outputShape[1] * test.outputShape[2] : 1)
  }

  /// Whether every scalar is a label of its own.
  private func readsLabels(of test: ConformanceVectors) -> Bool {
    test.reading.isBernoulli && self != .softmaxOfLabels
  }

  /// Returns the probabilities that an output represents, or the output itself.
  private func read(_ output: [Float], _ test: ConformanceVectors) -> [Double] {
    let values = output.map { Double($0) }
    switch test.reading {
    case .logits: return softmax(values)
    case .probabilities: return self == .doubleSoftmax ? softmax(values) : values
    case .logProbabilities: return values.map { Double.exp($0) }
    case .bernoulliLogit:
      return readsLabels(of: test) ? values.map { 1 / (1 + Double.exp(-$0)) } : softmax(values)
    case .bernoulli: return readsLabels(of: test) ? values : softmax(values)
    case .values: return values
    }
  }

  /// Returns the positions of the scalars of each channel.
  private func channels(of test: ConformanceVectors) -> [[Int]] {
    let count = test.outputShape.reduce(1, *)
    if self == .cosineOfRows {
      let size = test.outputShape[test.outputShape.count - 1]
      return (0..<count / size).map { row in (0..<size).map { row * size + $0 } }
    }
    switch self == .axesAsTheyLie ? nil : test.layout {
    case nil:
      let size = count / test.outputShape[0]
      return (0..<test.outputShape[0]).map { c in (0..<size).map { c * size + $0 } }
    case .nchw?:
      let size = test.outputShape.suffix(2).reduce(1, *)
      return (0..<count / size).map { c in (0..<size).map { c * size + $0 } }
    case .nhwc?:
      let channels = test.outputShape[2]
      return (0..<channels).map { c in (0..<count / channels).map { $0 * channels + c } }
    case .tokens(let rows, let columns, let others)?:
      let channels = test.outputShape[1]
      return (0..<channels).map { c in
        (others..<others + rows * columns).map { $0 * channels + c }
      }
    case .vector?: return [Array(0..<count)]
    }
  }

  /// Returns an output moved by the matrix of the case, or as an image or fields of `[C, H, W]`.
  private func moved(_ x: [Double], by g: Int, _ test: ConformanceVectors) -> [Double] {
    guard self == .axesAsTheyLie, let layout = test.layout,
      let action = GroupName(test.group)?.action()
    else { return test.moved(x, by: g) }
    let family: any TransformationAction =
      layout == .nchw ? FieldAction(action, fieldType: .regular) : action
    guard let prepared = try? family.prepared(for: test.outputShape) else { return x }
    let moved = prepared(g, Tensor(shape: test.outputShape, scalars: x.map { Float($0) }))
    return moved.scalars.map(Double.init)
  }
}

extension ConformanceVectors {
  fileprivate func moved(_ x: [Double], by g: Int) -> [Double] {
    guard let matrix = outputMatrices?[g] else { return x }
    return x.indices.map { i in
      x.indices.reduce(0) { $0 + matrix[i * x.count + $1] * x[$1] }
    }
  }

  fileprivate func isInKernel(_ g: Int) -> Bool {
    guard let matrix = outputMatrices?[g] else { return true }
    let side = Int(Double(matrix.count).squareRoot())
    return matrix.indices.allSatisfy { matrix[$0] == ($0 % (side + 1) == 0 ? 1 : 0) }
  }
}

private func softmax(_ values: [Double]) -> [Double] {
  let largest = values.max() ?? 0
  let exponentials = values.map { Double.exp($0 - largest) }
  let total = exponentials.reduce(0, +)
  return exponentials.map { $0 / total }
}

private func length(_ x: [Double]) -> Double {
  x.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

private func cosine(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / (length(a) * length(b))
}

private func pairs(_ count: Int) -> [(Int, Int)] {
  (0..<count).flatMap { i in (0..<i).map { (i, $0) } }
}
