// SPDX-License-Identifier: MIT

extension OutputActionName: StringCodable {
  package static var expectation: String { "an action such as trivial, spatial or permute:1,0" }

  /// Creates the action of a text; `nil` for any other text.
  public init?(_ description: String) {
    var isSpatial = false
    var representations: [ChannelRepresentation] = []
    var coordinates: CoordinateKind?
    let words = description.split(separator: "&", omittingEmptySubsequences: false)
    for word in words {
      if word == "spatial" {
        guard !isSpatial else { return nil }
        isSpatial = true
      } else if word == "trivial" {
        guard words.count == 1 else { return nil }
      } else if let kind = CoordinateKind(word) {
        guard coordinates == nil else { return nil }
        coordinates = kind
      } else {
        guard let representation = ChannelRepresentation(word) else { return nil }
        representations.append(representation)
      }
    }
    self.init(
      description: description, isSpatial: isSpatial, representations: representations,
      coordinates: coordinates)
  }
}

extension CoordinateKind: CustomStringConvertible {
  /// `vector`, or a quantity and a unit such as `points:unit`; pixels are the default.
  init?(_ text: Substring) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    guard words.count <= 2, let quantity = Quantity(rawValue: String(words[0])),
      let unit = words.count == 1 ? .pixel : Unit(rawValue: String(words[1]))
    else { return nil }
    self.init(quantity: quantity, unit: unit)
  }

  package var description: String { "\(quantity.rawValue):\(unit.rawValue)" }
}

extension ChannelRepresentation {
  init?(_ text: Substring) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count == 2 ? parts[1] : nil
    switch (parts[0], value) {
    case ("sign", nil): self = .sign(of: [])
    case ("sign", let names?):
      let generators = names.split(separator: ",", omittingEmptySubsequences: false)
      guard !generators.contains("") else { return nil }
      self = .sign(of: generators.map(String.init))
    case ("fields", let text?):
      guard let fields = FieldNotation(String(text)) else { return nil }
      self = .fields(fields)
    case ("irrep", let text?):
      guard text.count <= 6, let frequency = Int(text), frequency >= 0 else { return nil }
      self = .irreducible(frequency: frequency)
    case ("permute", let text?):
      var lists: [[Int]] = []
      for list in text.split(separator: "/", omittingEmptySubsequences: false) {
        let images = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard images.allSatisfy({ $0 != nil }), Set(images) == Set(images.indices.map { $0 }) else {
          return nil
        }
        lists.append(images.compactMap(\.self))
      }
      guard lists.allSatisfy({ $0.count == lists[0].count }) else { return nil }
      self = .permutations(lists)
    case ("matrix", let text?):
      var matrices: [[[Double]]] = []
      for matrix in text.split(separator: "/", omittingEmptySubsequences: false) {
        let rows = matrix.split(separator: ";", omittingEmptySubsequences: false).map { row in
          row.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        }
        guard rows.allSatisfy({ $0.count == rows.count && $0.allSatisfy(\.isFinite) }) else {
          return nil
        }
        matrices.append(rows)
      }
      guard matrices.allSatisfy({ $0.count == matrices[0].count }) else { return nil }
      self = .matrices(matrices)
    default: return nil
    }
  }
}
