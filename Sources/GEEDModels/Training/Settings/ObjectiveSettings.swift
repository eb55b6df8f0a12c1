// SPDX-License-Identifier: MIT

/// The quantity that a training minimizes, other than the cross-entropy with the labels.
///
/// Settings that a kind does not have are `nil`.
public struct ObjectiveSettings: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The cross-entropy with the labels.
    case labels
    /// Two views of an image are to have similar features, and views of other images different ones
    /// (SimCLR).
    case simclr
    /// A view of an image is to predict the features that a slowly moving copy of the network has
    /// for another view (BYOL).
    case byol
    /// The network is to tell by how many quarter turns an image was rotated (RotNet).
    case rotations
  }

  /// The kind of the quantity.
  public let kind: Kind
  /// The number by which similarities are divided in SimCLR.
  public var temperature: Double?
  /// The number of outputs of the projection head.
  public var projection: Int?
  /// The number of hidden units of the projection head, and of BYOL's predictor.
  public var hidden: Int?
  /// The share of the teacher that the first update keeps in BYOL; it grows to 1 along half a cosine.
  public var momentum: Double?

  /// Whether the network's own class scores are trained.
  var trainsLogits: Bool { kind == .labels }

  fileprivate enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, temperature, projection, hidden, momentum
  }

  /// Creates the settings of the papers: a temperature of 0.5 and 128 outputs for SimCLR (appendix
  /// B.9, on CIFAR-10); a momentum of 0.996, 4096 hidden units and 256 outputs for BYOL (§ 3.2).
  /// The hidden layer of SimCLR has as many units as there are features (§ 4.2) if `hidden` is `nil`.
  public init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .labels, .rotations: break
    case .simclr: (temperature, projection) = (0.5, 128)
    case .byol: (momentum, projection, hidden) = (0.996, 256, 4_096)
    }
  }

  /// Decodes settings, or only a kind.
  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(String.self) {
      guard let kind = Kind(rawValue: word) else {
        let words = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
          DecodingError.Context(
            codingPath: decoder.codingPath,
            debugDescription: "expected one of \(words), but got '\(word)'"))
      }
      self.init(kind)
      return
    }
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    try settings.require(
      .kind, settings.contains(.kind),
      "one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    self.init(try settings.decode(choice: .kind, or: Kind.labels))
    let keys = kind.keys
    for key in CodingKeys.allCases where key != .kind && !keys.contains(key) {
      try settings.require(
        key, !settings.contains(key), "no such setting for '\(kind.rawValue)'")
    }
    temperature = try settings.decodeIfPresent(.temperature, in: 1e-3...1e3) ?? temperature
    projection = try settings.decodeIfPresent(.projection, in: 1...65_536) ?? projection
    hidden = try settings.decodeIfPresent(.hidden, in: 1...65_536) ?? hidden
    momentum = try settings.decodeIfPresent(.momentum, in: 0...1) ?? momentum
  }
}

extension ObjectiveSettings.Kind {
  /// The settings of this kind.
  fileprivate var keys: [ObjectiveSettings.CodingKeys] {
    switch self {
    case .labels, .rotations: []
    case .simclr: [.temperature, .projection, .hidden]
    case .byol: [.projection, .hidden, .momentum]
    }
  }
}
