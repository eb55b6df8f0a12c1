// SPDX-License-Identifier: MIT

import GEED

extension MeasurementPlan {
  /// The number of examples that show whether tensors hold what they are read as.
  private static let trialCount = 2

  /// Leaves out chosen probes whose tensors cannot be read as it was assumed, as a few examples show,
  /// or compares their grids by the numbers themselves; returns a sentence about each.
  ///
  /// - Parameter chosen: The probes that were not named, and can be left out.
  /// - Throws: ``UsageError`` if none is left.
  mutating func leaveOutUnreadable(
    _ chosen: Set<PlannedProbe>, of model: any MeasurableModel, on dataset: any Dataset
  ) throws -> [String] {
    var reasons: [String] = []
    while let (tensor, reason) = unreadable(among: chosen, of: model, on: dataset) {
      let unreadable = probes.filter {
        $0.tensor == tensor && chosen.contains($0) && $0.mayBeUnreadable
      }
      let grids = unreadable.compactMap(\.asGrid)
      probes.removeAll(where: unreadable.contains)
      probes += grids
      if !grids.isEmpty {
        reasons.append(
          "'\(tensor)' is compared by relative-l2, and not by its probabilities: \(reason)")
        continue
      }
      reasons.append("Left out after a trial with \(Self.trialCount) examples: \(reason)")
    }
    guard !probes.isEmpty else {
      throw UsageError(
        "Nothing is left to measure. \(reasons.joined(separator: " ")) Name tensors with "
          + "'--channelwise', '--latent', '--latent-cosine', '--softmax' or '--equivariance' ('geed layers "
          + "MODEL' lists them).")
    }
    return reasons
  }

  /// Returns a tensor that cannot be read as assumed, with the reason; `nil` if there is none.
  private func unreadable(
    among chosen: Set<PlannedProbe>, of model: any MeasurableModel, on dataset: any Dataset
  ) -> (tensor: String, reason: String)? {
    var trial = self
    trial.probes = probes.filter { chosen.contains($0) && $0.mayBeUnreadable }
    guard !trial.probes.isEmpty else { return nil }
    trial.exampleCount = Self.trialCount
    trial.measuresSubgroups = false
    trial.precision = nil
    do {
      _ = try trial.measurement(of: model, on: dataset).run(checksIndependence: false)
      return nil
    } catch let error as MeasurementError {
      return error.unreadableTensor.map { ($0, error.description) }
    } catch let error as MaskError {
      return error.tensor.map { ($0, error.description) }
    } catch {
      // The measurement itself reports other failures.
      return nil
    }
  }
}

extension PlannedProbe {
  /// The probe that compares a grid by its numbers and not as probabilities; `nil` for others.
  fileprivate var asGrid: PlannedProbe? {
    guard metric == .equivariance, distance == .kullbackLeibler, let action else { return nil }
    return PlannedProbe(equivarianceOf: tensor, under: action, layout: layout ?? .nchw)
  }

  /// Whether the values of the tensor can contradict what it is read as: probabilities, and labels.
  fileprivate var mayBeUnreadable: Bool {
    guard metric == .softmax || distance?.comparesDistributions ?? false else { return false }
    return scores != .logits && scores != .bernoulliLogit
  }
}
