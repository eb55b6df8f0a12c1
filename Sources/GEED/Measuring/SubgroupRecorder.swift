// SPDX-License-Identifier: MIT

/// A recorder of every subgroup's deviation from the orbits of the whole group, without another
/// forward pass.
///
/// The orbit of *x* under a subgroup *H* is a part of its orbit under *G*. If outputs are not
/// moved, a normal subgroup *N* also has a quotient: E(f̂, G/N) is the deviation that remains if
/// *f* is averaged over *N*; for softmax E(f, G) = mean over cosets of E(f, N) + E(f̂, G/N). A
/// subgroup whose f̂ is that of the whole group needs no comparisons of its own.
struct SubgroupRecorder: Sendable {
  private struct Member: Sendable {
    let subgroup: Subgroup
    var estimator: DeviationEstimator
    /// Whether f̂ is a mean over the same elements as for the whole group.
    let sharesKernel: Bool
    var quotient: Quotient?
  }

  private struct Quotient: Sendable {
    let cosets: [[FiniteGroup.Element]]
    var estimator: DeviationEstimator
  }

  private let reader: OutputReader
  private var members: [Member]

  /// Creates a recorder of all subgroups except the trivial one and the whole group.
  init(
    _ group: FiniteGroup, action: PreparedAction, of probe: Probe,
    at knownPositions: KnownPositions? = nil
  ) {
    reader = OutputReader(probe.scores, shape: action.shape, isPerPixel: probe.isPerPixel)
    members = group.subgroups().filter { (2..<group.order).contains($0.order) }.map { subgroup in
      let restricted = action.restricted(to: subgroup)
      return Member(
        subgroup: subgroup,
        estimator: DeviationEstimator(
          restricted, of: probe, at: knownPositions?.restricted(to: subgroup.elements)),
        sharesKernel: probe.reference == .original
          || restricted.kernel.map { subgroup.elements[$0] } == action.kernel,
        quotient: Self.quotient(by: subgroup, action: action, of: probe))
    }
  }

  private static func quotient(
    by subgroup: Subgroup, action: PreparedAction, of probe: Probe
  ) -> Quotient? {
    guard action.isTrivial, probe.reference == .mean, let group = subgroup.quotient,
      let trivial = try? TrivialAction(group).prepared(for: action.shape)
    else { return nil }
    return Quotient(
      cosets: subgroup.leftCosets,
      estimator: DeviationEstimator(
        outputAction: trivial, distance: probe.distance, scores: probe.scores.averaged,
        isPerPixel: probe.isPerPixel))
  }

  var memberCount: Int { members.count }

  /// The numbers of comparisons under each subgroup and under its quotient, in turn.
  var comparisonCounts: [Int] {
    members.flatMap { [$0.sharesKernel ? 0 : $0.subgroup.order, $0.quotient?.cosets.count ?? 0] }
  }

  /// Compares the outputs *f(gx)* of one example, in consecutive rows from `firstRow` on.
  func records(ofOrbitOutputs outputs: Tensor, firstRow: Int) -> [SubgroupRecord] {
    members.map { member in
      var record = SubgroupRecord()
      if !member.sharesKernel {
        record.comparisons = member.estimator.comparisons(
          ofOrbitOutputs: outputs.gathering(
            rows: member.subgroup.elements.map { firstRow + $0 }))
      }
      if let quotient = member.quotient {
        let means = quotient.cosets.map { coset in
          reader.mean(of: coset.map { outputs.row(firstRow + $0) })
        }
        record.quotient = quotient.estimator.comparisons(ofOrbitOutputs: .stacking(means))
      }
      return record
    }
  }

  mutating func add(_ records: [SubgroupRecord], comparisons: [Comparison]) {
    precondition(
      records.count == members.count,
      "Expected \(members.count) subgroups, but got \(records.count).")
    for (index, record) in records.enumerated() {
      let elements = members[index].subgroup.elements
      members[index].estimator.add(
        members[index].sharesKernel ? elements.map { comparisons[$0] } : record.comparisons)
      members[index].quotient?.estimator.add(record.quotient)
    }
  }

  /// Returns the results of the subgroups so far, smallest subgroup first.
  func results(_ scaled: (DeviationEstimate) -> ScaledDeviation) -> [SubgroupDeviation] {
    members.compactMap { member in
      guard let estimate = member.estimator.estimate else { return nil }
      let deviation = scaled(estimate)
      let quotient = member.quotient?.estimator.estimate.map(scaled)
      return SubgroupDeviation(
        group: member.subgroup.label,
        elements: member.subgroup.elements.map { member.subgroup.parent.elementNames[$0] },
        isNormal: member.subgroup.isNormal, value: deviation.statistic.value,
        confidenceInterval: deviation.interval?.ends,
        unnormalized: estimate.value, quotientValue: quotient?.statistic.value,
        quotientConfidenceInterval: quotient?.interval?.ends)
    }
  }
}

/// The deviation under a subgroup, from the orbits of the whole group.
public struct SubgroupDeviation: Sendable, Hashable, Codable {
  /// The subgroup's kind and generators, such as `C4 ⟨r2⟩`.
  public let group: String
  /// The names of its elements.
  public let elements: [String]
  /// Whether the subgroup is normal.
  public let isNormal: Bool
  /// E(f, H), divided by M for latent metrics.
  public let value: Double
  /// The two ends of the interval of ``value``.
  @Nullable public var confidenceInterval: [Double]?
  /// E(f, H) before division by M.
  public let unnormalized: Double
  /// The deviation under the quotient of the output averaged over the subgroup; `nil` unless the
  /// subgroup is normal and outputs are not moved.
  @Nullable public var quotientValue: Double?
  /// The two ends of the interval of ``quotientValue``.
  @Nullable public var quotientConfidenceInterval: [Double]?
}

extension ProbeResult {
  /// The subgroups that are the only ones of their kind, by the kind: C8 in D8, but not D4.
  package var subgroupsByKind: [(kind: String, deviation: SubgroupDeviation)] {
    let kinds = Dictionary(grouping: subgroups ?? []) { $0.group.prefix { $0 != " " } }
    return kinds.filter { $0.value.count == 1 }.sorted { $0.key < $1.key }
      .map { (String($0.key), $0.value[0]) }
  }
}

extension ClosedRange<Double> {
  fileprivate var ends: [Double] { [lowerBound, upperBound] }

  /// Creates an interval from its two ends; `nil` for other numbers.
  package init?(ends: [Double]) {
    guard ends.count == 2, ends[0] <= ends[1] else { return nil }
    self = ends[0]...ends[1]
  }
}

extension Tensor {
  /// Returns the batch of some rows, in the given order.
  fileprivate func gathering(rows: [Int]) -> Tensor {
    Tensor(
      shape: [rows.count] + rowShape, scalars: rows.flatMap { scalars[scalarRange(ofRow: $0)] })
  }
}

extension ScoreKind {
  /// The kind of scores of a mean of readings, which are not converted to probabilities again.
  fileprivate var averaged: ScoreKind {
    switch self {
    case .values: .values
    case .logits, .probabilities, .logProbabilities: .probabilities
    case .bernoulliLogit, .bernoulli: .bernoulli
    }
  }
}

extension OutputReader {
  /// Returns the mean of the readings of outputs; for Bernoulli scores that of yes.
  fileprivate func mean(of outputs: [Tensor]) -> Tensor {
    var total = [Double](repeating: 0, count: readCount)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: readCount) { value in
      for output in outputs {
        output.scalars.withUnsafeBufferPointer { read($0, into: value) }
        for i in total.indices { total[i] += value[i] }
      }
    }
    return Tensor(
      shape: shape,
      scalars: total.suffix(scalarCount).map { Float($0 / Double(outputs.count)) })
  }
}
