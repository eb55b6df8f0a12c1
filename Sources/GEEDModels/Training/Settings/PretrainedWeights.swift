// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDTorch

/// The weights that a training begins with, and what it does with them.
public struct PretrainedWeights: Sendable, Hashable, Codable {
  /// Where the weights of f₂ come from.
  public enum Head: String, Sendable, Codable, CaseIterable {
    /// The file, whose classes are those of the data.
    case kept
    /// The seed, as without a file, for other classes.
    case new
  }

  /// The parameters that training leaves as they are.
  public enum Freeze: String, Sendable, Codable, CaseIterable {
    case none
    /// Those of f₁, which runs in evaluation mode: without gradients and dropout, and with the
    /// running statistics of the file, which do not change either.
    case features
  }

  /// The safetensors file, with the names of torchvision and timm.
  public var path: String
  /// The file's SHA-256, which a run determines unless it is given; the run is refused if the file
  /// has another one.
  public var sha256: String?
  /// Where the weights of f₂ come from.
  public var head = Head.kept
  /// The parameters that training leaves as they are.
  public var freeze = Freeze.none

  /// Creates settings that train all weights of a file.
  public init(path: String) { self.path = path }
}

extension PretrainedWeights {
  /// Returns the settings with the SHA-256 of the file, which is read only at the beginning of a run.
  ///
  /// A run that continues needs no file. If there is one, it must be the one that the run began with.
  ///
  /// - Parameter earlier: The settings of the run that this one continues, if it does.
  func fixed(continuing earlier: PretrainedWeights?) throws -> PretrainedWeights {
    var fixed = self
    if let earlier, !FileManager.default.fileExists(atPath: path) {
      fixed.sha256 = sha256 ?? earlier.sha256
      return fixed
    }
    // Tells in one sentence if there is no such file, or if it has no weights.
    _ = try SafetensorsFile(opening: path)
    let found = try Digest.hex(ofFile: path, by: .sha256)
    if let sha256, sha256 != found {
      throw UnsuitableSettings(
        "'network.weights': expected a file with the SHA-256 \(sha256), but '\(path)' has "
          + "\(found).")
    }
    if let earlier, earlier.path == path, let known = earlier.sha256, known != found {
      throw UnsuitableSettings(
        "'network.weights': '\(path)' has changed since the training began; its SHA-256 was "
          + "\(known), but is \(found).")
    }
    fixed.sha256 = found
    return fixed
  }

  /// Overwrites the weights of a new network with those of the file; of f₂ only if they are kept.
  func load(
    into weights: ParameterStore, of network: some FactoredClassifier
  ) throws {
    let heads = weights.all.map(\.name).filter(network.isHead)
    guard head == .kept || !heads.isEmpty else {
      throw UnsuitableSettings("'network.head': the head of this network is not known.")
    }
    do throws(WeightsError) {
      try weights.load(path, except: head == .new ? Set(heads) : [])
    } catch {
      guard head == .kept, case .mismatch(let mismatch) = error,
        let misfit = mismatch.misfit(among: Set(heads))
      else { throw error }
      throw UnsuitableSettings(
        "'network.classes': '\(path)' has a head for other classes (\(misfit)); 'head: new' begins "
          + "with a new one.")
    }
  }
}

extension WeightsMismatch {
  /// Returns the first tensor of another shape in words, if nothing is amiss but such tensors and
  /// missing ones, all of which are among `names`.
  fileprivate func misfit(among names: Set<String>) -> String? {
    guard unexpected.isEmpty, notFloating.isEmpty, names.isSuperset(of: missing),
      names.isSuperset(of: misshapen.map(\.name))
    else { return nil }
    return misshapen.first.map { "\($0.name) is \($0.found), not \($0.expected)" }
      ?? missing.first.map { "\($0) is missing" }
  }
}
