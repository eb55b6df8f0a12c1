// SPDX-License-Identifier: MIT
// Bootstrap Your Own Latent, Grill et al. 2020, https://arxiv.org/abs/2006.07733

import GEED
import GEEDTorch
import RealModule

/// BYOL: from one view of an image, a predictor is to find the projection that a teacher gives the
/// other view. No image is compared with another one.
///
/// The teacher has the architecture of the network with its projection head. Its weights begin as
/// theirs and then follow them as an exponential mean. Batch normalization in the network uses the
/// statistics of both views together, as in `ContrastiveObjective`; in the teacher as well, so its
/// running statistics are never used. The network that is measured and exported is not the teacher.
struct SelfDistillation: Objective {
  let views = TrainingViews.two
  private let projection: ProjectionHead
  private let predictor: ProjectionHead
  private let teacher: any FactoredClassifier
  private let teacherProjection: ProjectionHead
  /// The weights of the teacher, each with the weight that it follows.
  private let pairs: [(teacher: TorchTensor, student: TorchTensor)]
  private let momentum: Double
  private let iterationCount: Int

  /// - Parameters:
  ///   - momentum: The share of its value that a weight of the teacher keeps in the first update.
  ///   - iterationCount: The number of iterations after which the share is 1.
  ///   - makeTeacher: Creates a network like the one to train, with other parameters.
  init(
    featureCount: Int, hidden: Int, outputs: Int, momentum: Double, iterationCount: Int,
    parameters p: ParameterPath,
    makeTeacher: (ParameterPath) throws -> any FactoredClassifier
  ) throws {
    let students = p.store.all
    projection = try ProjectionHead(
      featureCount, hidden: hidden, outputs: outputs, parameters: p / "projection")
    let heads = p.store.all.dropFirst(students.count)
    predictor = try ProjectionHead(
      outputs, hidden: hidden, outputs: outputs, parameters: p / "predictor")
    let copy = (p / "teacher").untrained
    teacher = try makeTeacher(copy / "network")
    teacherProjection = try ProjectionHead(
      featureCount, hidden: hidden, outputs: outputs, parameters: copy / "projection")
    let own = p.name + "."
    pairs = (students + heads).compactMap { student in
      let name =
        student.name.hasPrefix(own)
        ? "\(copy.name).\(student.name.dropFirst(own.count))"
        : "\(copy.name).network.\(student.name)"
      return p.store[name].map { ($0, student.tensor) }
    }
    precondition(
      pairs.count == students.count + heads.count,
      "Expected a weight of the teacher for each of \(students.count + heads.count), but found "
        + "\(pairs.count).")
    self.momentum = momentum
    self.iterationCount = iterationCount
    try withoutGradients {
      for pair in pairs { try pair.teacher.assign(pair.student) }
    }
  }

  func loss(
    of network: any FactoredClassifier, on batch: TrainingBatch, _ mode: ForwardMode,
    device: TorchDevice
  ) throws -> BatchLoss {
    let images = try TorchTensor(batch.images, device: device)
    let predictions = try predictor(projection(network.features(images, mode), mode), mode)
    let targets = try withoutGradients {
      try teacherProjection(teacher.features(images, mode), mode)
    }
    return BatchLoss(
      loss: try Self.loss(of: predictions, against: targets), accuracy: nil)
  }

  /// Eq. 2 of the paper, for both views: the mean over images of the sum over their two views of
  /// 2 - 2 cos(prediction, target), in 0...8, where the target is that of the other view.
  ///
  /// - Parameters:
  ///   - predictions: `[2 N, D]`; rows i and N + i belong to the two views of one image.
  ///   - targets: The teacher's projections of the same views, in the same order.
  static func loss(
    of predictions: TorchTensor, against targets: TorchTensor
  ) throws(TorchError) -> TorchTensor {
    let count = predictions.shape[0] / 2
    let swapped = try TorchTensor.concatenating(
      [
        targets.sliced(axis: 0, from: count, to: nil, step: 1),
        targets.sliced(axis: 0, from: 0, to: count, step: 1),
      ], axis: 0)
    let cosines = try (predictions.rowsNormalized() * swapped.rowsNormalized()).sum(axes: [1])
    return try cosines.mean(axes: [0], keepingAxes: false).scaled(by: -4).shifted(by: 4)
  }

  /// Moves the weights of the teacher towards those of the network, except running statistics, which
  /// are its own.
  func follow(iteration: Int) throws(TorchError) {
    let kept = share(at: iteration)
    try withoutGradients { () throws(TorchError) in
      for pair in pairs where pair.student.requiresGradient {
        try pair.teacher.assign(
          pair.teacher.scaled(by: kept) + pair.student.scaled(by: 1 - kept))
      }
    }
  }

  /// 1 - (1 - momentum) · (cos(π k / K) + 1) / 2 after the step of iteration k (§ 3.2).
  func share(at iteration: Int) -> Double {
    let phase = Double.pi * Double(min(iteration, iterationCount)) / Double(iterationCount)
    return 1 - (1 - momentum) * (.cos(phase) + 1) / 2
  }
}
