// SPDX-License-Identifier: MIT
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?,
// Kvinge et al. 2022, https://arxiv.org/abs/2210.03773

import RealModule

/// Estimates the empirical equivariance deviation E(f, G) from a stream of orbits (eq. 4).
///
/// For each example *x* the caller supplies *f(gx)* for every *g*. The estimator compares each
/// output with *g f̂(x)*, where *f̂(x)* is the mean of *f(kx)* over the kernel of the output action
/// (eq. 2): *f(x)* itself if the action is faithful, the mean over the orbit if it is trivial.
///
///     let invariance = try TrivialAction(.cyclic(8)).prepared(for: [64])
///     var estimator = DeviationEstimator(outputAction: invariance, distance: .euclidean)
///     for image in images {
///       estimator.add(orbitOutputs: try features(rotation.orbit(of: image)))
///     }
///     print(estimator.estimate?.value ?? .nan)
///
/// Both means are weighted by the transformations' weights, which are equal for a finite group. If
/// the transformations are a random sample, *f(gx)* is half left out of the mean that it is
/// compared with, so that squared ℓ₂ deviations are unbiased (<doc:SampledGroups>).
///
/// The estimator keeps one number for each example and each element, but no outputs.
public struct DeviationEstimator: Sendable {
  /// The action of the group on outputs.
  package let outputAction: PreparedAction

  /// The distance by which outputs are compared, *m*.
  package let distance: any Distance

  /// The kind of scores that the outputs hold.
  package let scores: ScoreKind

  /// The deviation of each example so far, the weighted mean over *g* of *m(f(gx), g f̂(x))*.
  package private(set) var exampleDeviations: [Double] = []
  private var elementSums: [Double]
  private var zeroVectorCount = 0
  private let movesNothing: [Bool]
  let kernelMean: KernelMean
  private let reader: OutputReader
  private let reference: DeviationReference
  /// The positions of the grid that each element fills with values of the output; `nil` for all, and
  /// if positions are not distinguished.
  let knownPositions: KnownPositions?
  /// The distance of two readings.
  private let readDistance: any Distance
  /// The comparison of channels without readings, where it is possible.
  private let channelCosines: ChannelCosines?

  private var transformations: TransformationSet { outputAction.transformations }

  /// Creates an estimator without examples.
  ///
  /// Bernoulli scores, and scores of every pixel of outputs `[K, H, W]`, are several distributions.
  /// `distance` compares one distribution with another, and the mean over all of them is taken.
  /// Pixels for which g·f̂(x) comes, wholly or partly, from outside the grid are left out.
  public init(
    outputAction: PreparedAction, distance: any Distance, scores: ScoreKind = .values,
    isPerPixel: Bool = false
  ) {
    self.init(
      outputAction, distance, scores, isPerPixel: isPerPixel, reference: .mean,
      knownPositions: nil)
  }

  /// Creates the estimator of a probe.
  ///
  /// - Parameters:
  ///   - outputAction: The action on the probe's outputs, or that of a subgroup.
  ///   - probe: The probe.
  ///   - knownPositions: The positions of the grid that are compared; `nil` for all.
  init(_ outputAction: PreparedAction, of probe: Probe, at knownPositions: KnownPositions? = nil) {
    self.init(
      outputAction, probe.distance, probe.scores, isPerPixel: probe.isPerPixel,
      reference: probe.reference, knownPositions: knownPositions)
  }

  private init(
    _ outputAction: PreparedAction, _ distance: any Distance, _ scores: ScoreKind,
    isPerPixel: Bool, reference: DeviationReference, knownPositions: KnownPositions?
  ) {
    self.reference = reference
    self.knownPositions = knownPositions
    self.outputAction = outputAction
    self.distance = distance
    self.scores = scores
    reader = OutputReader(scores, shape: outputAction.shape, isPerPixel: isPerPixel)
    readDistance = reader.comparing(by: distance)
    let kernel = Set(outputAction.kernel)
    self.elementSums = Array(repeating: 0, count: outputAction.transformations.count)
    self.movesNothing = outputAction.transformations.indices.map(kernel.contains)
    let kernelMean = KernelMean(outputAction, reference: reference)
    self.kernelMean = kernelMean
    channelCosines =
      scores == .values && !isPerPixel && knownPositions == nil && kernelMean.onlyPosition != nil
      ? ChannelCosines(outputAction, distance: distance) : nil
  }

  /// Adds one example.
  ///
  /// - Parameters:
  ///   - outputs: A batch `[N, ...]` that holds *f(gx)* for each *g*, in the order of the group's
  ///     elements.
  ///   - firstRow: The row of the first element.
  /// - Precondition: Rows have the shape for which the output action was prepared.
  /// - Complexity: One distance and one application of the action for each element.
  public mutating func add(orbitOutputs outputs: Tensor, firstRow: Int = 0) {
    add(comparisons(ofOrbitOutputs: outputs, firstRow: firstRow))
  }

  /// Compares the outputs of one example, *f(gx)* with *g f̂(x)* for each *g*, without adding it.
  func comparisons(ofOrbitOutputs outputs: Tensor, firstRow: Int = 0) -> [Comparison] {
    let order = outputAction.transformations.count
    precondition(
      outputs.rowShape == outputAction.shape,
      "Expected outputs of \(outputAction.shape), but got \(outputs.rowShape).")
    precondition(
      firstRow >= 0 && firstRow + order <= outputs.rowCount,
      "Expected \(order) outputs from row \(firstRow) on, but there are \(outputs.rowCount).")
    let size = Tensor.count(of: outputAction.shape)
    var comparisons = [Comparison](repeating: Comparison(0), count: order)
    outputs.scalars.withUnsafeBufferPointer { scalars in
      let orbit = UnsafeBufferPointer(
        rebasing: scalars[firstRow * size..<(firstRow + order) * size])
      func output(_ g: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: orbit[g * size..<(g + 1) * size])
      }
      var mean: [Double] = []
      let position = channelCosines == nil ? nil : kernelMean.onlyPosition
      if position == nil {
        mean = Array(repeating: 0, count: reader.readCount)
        kernelMean.write(of: orbit, read: reader, into: &mean)
      }
      comparisons.withUnsafeMutableBufferPointer { comparisons in
        inParallel(order, grain: 1 + 524_288 / max(size, 1)) { g in
          comparisons[g] =
            if let channelCosines, let position {
              channelCosines.compare(output(g), by: g, with: output(position))
            } else {
              compare(output(g), by: g, with: mean)
            }
        }
      }
    }
    return comparisons
  }

  mutating func add(_ comparisons: [Comparison]) {
    precondition(
      comparisons.count == elementSums.count,
      "Expected \(elementSums.count) comparisons, but got \(comparisons.count).")
    var total = 0.0
    var totalWeight = 0.0
    for (g, comparison) in comparisons.enumerated() {
      elementSums[g] += comparison.distance
      let weight = transformations.weights[g]
      guard weight > 0 else { continue }
      total += weight * comparison.distance
      totalWeight += weight
      zeroVectorCount += comparison.zeroVectorCount
    }
    exampleDeviations.append(total / totalWeight)
  }

  /// The estimate so far, or `nil` before the first example.
  public var estimate: DeviationEstimate? {
    guard !exampleDeviations.isEmpty else { return nil }
    return DeviationEstimate(
      mean: Estimate(exampleDeviations),
      perElement: elementSums.map { $0 / Double(exampleDeviations.count) },
      perExample: exampleDeviations, range: range,
      zeroVectorCount: zeroVectorCount)
  }

  /// Returns m(f(gx), g f̂(x)).
  private func compare(
    _ output: UnsafeBufferPointer<Float>, by g: Int, with mean: [Double]
  ) -> Comparison {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: reader.readCount) { value in
      reader.read(output, into: value)
      let usesLeaveOneOut = kernelMean.usesLeaveOneOut && transformations.weights[g] > 0
      if movesNothing[g], !usesLeaveOneOut {
        return readDistance.compare(value.span, mean.span, shape: reader.readShape)
      }
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: reader.readCount) { moved in
        if usesLeaveOneOut {
          kernelMean.leaveOut(value, of: mean, into: moved)
        } else {
          mean.withUnsafeBufferPointer { move($0, by: g, into: moved) }
        }
        knownPositions?.fillOthers(of: g, in: value, and: moved)
        return readDistance.compare(value.span, moved.span, shape: reader.readShape)
      }
    }
  }

  /// Transforms a reading, which may consist of two parts of the size of an output.
  private func move(
    _ reading: UnsafeBufferPointer<Double>, by g: Int,
    into result: UnsafeMutableBufferPointer<Double>
  ) {
    let size = reader.scalarCount
    for part in 0..<reader.partCount {
      let range = part * size..<(part + 1) * size
      outputAction.operators[g].map.apply(
        UnsafeBufferPointer(rebasing: reading[range]),
        to: UnsafeMutableBufferPointer(rebasing: result[range]))
    }
  }

  /// The possible values of E before division by M.
  ///
  /// Over the whole orbit they are those of ``Distance/rangeOverOrbit(leastShare:classCount:)``. A
  /// cosine is −1 for the identity if *f̂(x)* is *f(x)*, so its mean is less than 1.
  package var range: ClosedRange<Double> {
    if outputAction.isTrivial, reference == .mean {
      return distance.rangeOverOrbit(
        leastShare: kernelMean.leastShare,
        classCount: kernelMean.usesLeaveOneOut ? nil : reader.classCount)
    }
    let range = distance.range
    guard let equal = distance.ofEqualOutputs, range.upperBound.isFinite,
      outputAction.kernel == [0] || reference == .original
    else { return range }
    let weights = transformations.weights
    let identity = weights[0] / weights.reduce(0, +)
    return range.lowerBound...range.upperBound * (1 - identity) + equal * identity
  }
}

/// The result of a ``DeviationEstimator``.
public struct DeviationEstimate: Sendable, Hashable {
  /// E(f, G) with its standard error over examples.
  public let mean: Estimate

  /// The mean over examples of m(f(gx), g f̂(x)) for each transformation, in order.
  public let perElement: [Double]

  /// The weighted mean over elements for each example, in the order in which they were added.
  public let perExample: [Double]

  /// The possible values of the deviation of an example, and thus of E.
  package let range: ClosedRange<Double>

  /// The number of zero vectors that were compared (see ``NegativeCosine``).
  package let zeroVectorCount: Int

  /// E(f, G), eq. 4.
  public var value: Double { mean.value }

  /// The number of examples, |D|.
  public var exampleCount: Int { perExample.count }
}
