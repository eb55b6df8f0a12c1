// SPDX-License-Identifier: MIT

/// What a vector that a model returns is for, as far as its length, its name and the operator before
/// it tell.
enum OutputPurpose: Equatable {
  /// Scores of classes.
  case scores
  /// Features, such as an embedding.
  case features
  /// Scores or features: the mean over a grid, after which a classifier may end, or a backbone.
  case scoresOrFeatures
  /// A single number, such as a regression.
  case number
  /// Other numbers, such as the coordinates of a box.
  case coordinates

  var mayBeScores: Bool { self == .scores || self == .scoresOrFeatures }

  var mayBeFeatures: Bool { self == .features || self == .scoresOrFeatures }

  /// Reads the purpose of a vector whose kind of scores the graph does not determine.
  ///
  /// - Parameter isNormalized: Whether the vector is divided by its own length.
  init(ofOutput name: String, origin: String?, isNormalized: Bool) {
    let words = Set(name.words)
    if !words.isDisjoint(with: Self.wordsOfScores) {
      self = .scores
    } else if !words.isDisjoint(with: Self.wordsOfCoordinates) {
      self = .coordinates
    } else if isNormalized || !words.isDisjoint(with: Self.wordsOfFeatures) {
      self = .features
    } else if let origin, Self.pooling.contains(origin) {
      self = .scoresOrFeatures
    } else if let origin, Self.activating.contains(origin) {
      self = .features
    } else {
      self = .scores
    }
  }

  /// Whether a single number may be the logit of one class against another: the end of a linear layer,
  /// with a name that tells of no quantity.
  static func mayBeLogit(_ name: String, origin: String?) -> Bool {
    guard let origin, linear.contains(origin) else { return false }
    return Set(name.words).isDisjoint(with: wordsOfQuantities)
  }

  /// Operators that a linear layer ends with.
  private static let linear: Set = [
    "Add", "Conv", "Einsum", "FusedGemm", "FusedMatMul", "Gemm", "MatMul",
  ]

  private static let wordsOfQuantities: Set = [
    "age", "amount", "angle", "area", "cost", "count", "density", "depth", "diameter", "distance",
    "energy", "force", "height", "intensity", "length", "mass", "number", "pitch", "position",
    "price",
    "quality", "quantity", "radius", "rate", "regression", "roll", "size", "speed", "steering",
    "target", "temperature", "time", "value", "velocity", "volume", "weight", "width", "yaw",
    "year",
  ]

  private static let wordsOfScores: Set = [
    "class", "classes", "confidence", "confidences", "logit", "logits", "prob", "probability",
    "probabilities", "probs", "score", "scores", "softmax",
  ]

  private static let wordsOfCoordinates: Set = [
    "bbox", "bboxes", "box", "boxes", "coordinates", "coords", "keypoints", "landmarks", "pose",
  ]

  private static let wordsOfFeatures: Set = [
    "code", "descriptor", "descriptors", "embed", "embedding", "embeddings", "embeds", "embs",
    "encoding", "feat", "feats", "feature", "features", "hidden", "latent", "latents", "pooled",
    "pooler", "projection", "representation", "representations",
  ]

  /// Operators that a layer of scores does not end with.
  private static let activating: Set = [
    "BatchNormalization", "Elu", "FastGelu", "Gelu", "HardSwish", "LayerNormalization",
    "LeakyRelu", "LpNormalization", "PRelu", "RMSNormalization", "Relu", "Selu",
    "SimplifiedLayerNormalization", "SkipLayerNormalization", "Swish", "Tanh",
  ]

  private static let pooling: Set = [
    "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "MaxPool", "ReduceMax", "ReduceMean",
  ]
}

extension String {
  /// The words of a name in lower case: `/model/imageEmbeds.1` has model, image and embeds.
  fileprivate var words: [String] {
    var words: [String] = []
    var word = ""
    for character in self {
      let startsWord = character.isUppercase && word.last?.isLowercase == true
      if !character.isLetter || startsWord {
        words.append(word)
        word = ""
      }
      if character.isLetter { word.append(character) }
    }
    return (words + [word]).filter { !$0.isEmpty }.map { $0.lowercased() }
  }
}
