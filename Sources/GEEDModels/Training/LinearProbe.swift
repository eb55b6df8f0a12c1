// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDTorch

/// A linear classifier of a network's features, fitted to labels while the network stays unchanged.
///
/// It is a ridge regression: with features x, standardized by their means and standard deviations on
/// the N training examples, and y of K indicators of the class, W and b minimize
///
///     1/N Σ ‖W x + b - y‖² + penalty · ‖W‖²
///
/// in closed form, like scikit-learn's `RidgeClassifier` with `alpha` = N · penalty. The predicted
/// class is that of the greatest output. Nothing is random, and no number has to be tuned. With more
/// features than examples the same W is computed from the products of examples, Xᵀ (X Xᵀ/N + λ)⁻¹ Y/N, so
/// that the largest matrix has the smaller of both numbers of rows.
package struct LinearProbe: Sendable {
  /// The weight of ‖W‖². With standardized features it matters only where they are many or nearly
  /// dependent.
  static let penalty = 1e-3

  private let means: [Double]
  private let deviations: [Double]
  /// W with a row for each feature, `[D, K]`.
  private let weights: [Double]
  private let biases: [Double]

  /// Fits the classifier to features `[N, D]` and their classes, from 0 and less than `classCount`.
  package init(
    features: Tensor, labels: [Int64], classCount: Int, penalty: Double = penalty
  ) throws(TorchError) {
    let (count, width) = (features.shape[0], features.shape[1])
    precondition(count == labels.count && count > 0, "Expected a label for each example.")
    precondition(
      labels.allSatisfy((0..<Int64(classCount)).contains), "Expected \(classCount) classes.")
    var means = [Double](repeating: 0, count: width)
    var deviations = means
    for i in features.scalars.indices {
      means[i % width] += Double(features.scalars[i]) / Double(count)
    }
    for i in features.scalars.indices {
      let difference = Double(features.scalars[i]) - means[i % width]
      deviations[i % width] += difference * difference / Double(count)
    }
    // A feature that is constant, up to the rounding of its numbers, has no weight.
    self.deviations = zip(deviations, means).map { variance, mean in
      let deviation = variance.squareRoot()
      return deviation > 1e-6 * abs(mean) ? deviation : .infinity
    }
    self.means = means
    var targets = [Double](repeating: 0, count: count * classCount)
    for (i, label) in labels.enumerated() { targets[i * classCount + Int(label)] = 1 }
    biases = (0..<classCount).map { k in
      Double(labels.count { $0 == Int64(k) }) / Double(count)
    }
    let x = try TorchTensor(
      Self.standardized(features, means, self.deviations), shape: [count, width])
    let transposed = try x.permuted([1, 0]).scaled(by: 1 / Double(count))
    let size = min(width, count)
    var gram = try (width <= count ? transposed.matmul(x) : x.matmul(transposed)).doubles()
    for i in 0..<size { gram[i * (size + 1)] += penalty }
    // The columns of x have mean 0, so the intercepts need not be subtracted from the targets.
    if width <= count {
      let right = try transposed.matmul(TorchTensor(targets, shape: [count, classCount])).doubles()
      weights = solve(gram, right, size: size, columns: classCount)
    } else {
      let solution = solve(gram, targets, size: size, columns: classCount)
      weights = try transposed.matmul(TorchTensor(solution, shape: [count, classCount])).doubles()
    }
  }

  /// Returns W x + b of features `[N, D]`: `[N, K]`.
  func outputs(of features: Tensor) throws(TorchError) -> TorchTensor {
    let x = try TorchTensor(
      Self.standardized(features, means, deviations), shape: features.shape)
    return try x.matmul(TorchTensor(weights, shape: [means.count, biases.count]))
      + TorchTensor(biases, shape: [1, biases.count])
  }

  private static func standardized(
    _ features: Tensor, _ means: [Double], _ deviations: [Double]
  ) -> [Double] {
    let width = means.count
    return features.scalars.enumerated().map {
      (Double($1) - means[$0 % width]) / deviations[$0 % width]
    }
  }
}

/// Solves A X = B for a symmetric, positive definite A of `size` rows by Cholesky's decomposition; B and
/// X have `columns` columns. All are row-major.
private func solve(
  _ matrix: [Double], _ right: [Double], size: Int, columns: Int
) -> [Double] {
  var (l, x) = (matrix, right)
  l.withUnsafeMutableBufferPointer { l in
    for i in 0..<size {
      for j in 0...i {
        var sum = l[i * size + j]
        for k in 0..<j { sum -= l[i * size + k] * l[j * size + k] }
        l[i * size + j] = i == j ? sum.squareRoot() : sum / l[j * size + j]
      }
    }
    for column in 0..<columns {
      for i in 0..<size {
        for k in 0..<i { x[i * columns + column] -= l[i * size + k] * x[k * columns + column] }
        x[i * columns + column] /= l[i * size + i]
      }
      for i in (0..<size).reversed() {
        for k in i + 1..<size {
          x[i * columns + column] -= l[k * size + i] * x[k * columns + column]
        }
        x[i * columns + column] /= l[i * size + i]
      }
    }
  }
  return x
}

extension LinearProbe {
  /// The number of training examples of a probe by default.
  static let exampleCount = 2_000

  /// Returns the share of `test` whose class a probe fitted to `training` finds; both are data sets
  /// with labels. The network runs in evaluation mode.
  static func accuracy(
    of network: any FactoredClassifier, fittedTo training: any Dataset, on test: any Dataset,
    device: TorchDevice
  ) throws -> Double {
    let (features, labels) = try network.labeledFeatures(of: training, device: device)
    let (testFeatures, testLabels) = try network.labeledFeatures(of: test, device: device)
    let classCount = Int(max(labels.max() ?? 0, testLabels.max() ?? 0)) + 1
    let probe = try LinearProbe(features: features, labels: labels, classCount: classCount)
    let classes = try probe.outputs(of: testFeatures).argmax(axis: 1).integers()
    let hits = zip(classes, testLabels).count { $0 == $1 }
    return Double(hits) / Double(testLabels.count)
  }
}

extension FactoredClassifier {
  /// Returns the features `[N, D]` of all examples, with their labels.
  fileprivate func labeledFeatures(
    of dataset: any Dataset, batchSize: Int = 250, device: TorchDevice
  ) throws -> (features: Tensor, labels: [Int64]) {
    var parts: [Tensor] = []
    for start in stride(from: 0, to: dataset.count, by: batchSize) {
      let indices = start..<min(start + batchSize, dataset.count)
      let images = try Tensor.stacking(indices.map { try dataset.example(at: $0) })
      parts.append(
        try withoutGradients { try self.features(TorchTensor(images, device: device)).host() })
    }
    let labels = try (0..<dataset.count).map { try dataset.knownLabel(at: $0) }
    let features = Tensor(
      shape: [dataset.count, parts[0].shape[1]], scalars: parts.flatMap(\.scalars))
    guard features.scalars.allSatisfy(\.isFinite) else {
      throw TrainingError.undefinedFeatures(dataset: dataset.name)
    }
    return (features, labels)
  }
}
