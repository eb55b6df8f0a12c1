// SPDX-License-Identifier: MIT
// D. Lam et al., xView: objects in context in overhead imagery, 2018.

extension SceneLabels {
  /// Reads labels in xView's GeoJSON.
  ///
  /// The properties `image_id`, `type_id` and `bounds_imcoords` ("left,top,right,bottom" in pixels)
  /// of each feature are used. Boxes without area, or whose text is not four numbers, are left out.
  ///
  /// - Parameters:
  ///   - path: The file, such as `xView_train.geojson`.
  ///   - types: The types to keep by their numbers, with their names, in the order of the labels.
  /// - Throws: ``DataError`` if the file is missing, is not such a GeoJSON file, or has scene names
  ///   that are not plain file names.
  /// - Complexity: O(n) in the length of the file, which is held in memory during the call.
  package init(
    xView path: String, types: [(number: Int, name: String)]
  ) throws(DataError) {
    let content = try Self.decode(GeoJSON.self, at: path, format: "GeoJSON")
    let numbers = types.map(\.number)
    var annotations: [Annotation] = []
    for properties in content.features.map(\.properties) {
      guard let index = numbers.firstIndex(of: properties.type),
        let box = Self.box(properties.bounds)
      else { continue }
      try Self.requireFileName(properties.scene, path: path)
      annotations.append(Annotation(scene: properties.scene, classIndex: index, box: box))
    }
    self.path = path
    self.annotations = annotations
    classNames = types.map(\.name)
  }

  private static func box(_ text: String) -> [Int]? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 4, let left = numbers[0], let top = numbers[1], let right = numbers[2],
      let bottom = numbers[3]
    else { return nil }
    return box(left, top, right, bottom)
  }
}

private struct GeoJSON: Decodable {
  struct Feature: Decodable {
    let properties: Properties
  }

  struct Properties: Decodable {
    let scene: String
    let type: Int
    let bounds: String

    private enum CodingKeys: String, CodingKey {
      case scene = "image_id"
      case type = "type_id"
      case bounds = "bounds_imcoords"
    }
  }

  let features: [Feature]
}
