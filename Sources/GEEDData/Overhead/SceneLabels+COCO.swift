// SPDX-License-Identifier: MIT

extension SceneLabels {
  /// Reads the boxes of a file in COCO's format; classes are in the order of their ids.
  ///
  /// - Parameter path: The file. Its `bbox` are left, top, width and height; boxes without area are
  ///   left out.
  /// - Throws: ``DataError`` if the file is missing, is not such a JSON file, refers to pictures or
  ///   classes that it does not hold, or has scene names that are not plain file names.
  package init(coco path: String) throws(DataError) {
    let content = try Self.decode(COCO.self, at: path, format: "COCO JSON")
    let categories = content.categories.sorted { $0.id < $1.id }
    let indices = Dictionary(categories.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let scenes = Dictionary(content.images.map { ($0.id, $0.file_name) }) { first, _ in first }
    var annotations: [Annotation] = []
    for (number, annotation) in content.annotations.enumerated() {
      guard let scene = scenes[annotation.image_id],
        let index = indices[annotation.category_id], annotation.bbox.count == 4
      else {
        throw .invalid(
          path: path, expected: "annotations of listed pictures and categories, with boxes",
          found: "annotation \(number), which is none")
      }
      try Self.requireFileName(scene, path: path)
      let box = annotation.bbox
      if let box = Self.box(box[0], box[1], box[0] + box[2], box[1] + box[3]) {
        annotations.append(Annotation(scene: scene, classIndex: index, box: box))
      }
    }
    self.path = path
    self.annotations = annotations
    classNames = categories.map(\.name)
  }
}

private struct COCO: Decodable {
  struct Image: Decodable {
    let id: Int
    let file_name: String
  }

  struct Category: Decodable {
    let id: Int
    let name: String
  }

  struct Annotation: Decodable {
    let image_id: Int
    let category_id: Int
    let bbox: [Double]
  }

  let images: [Image]
  let categories: [Category]
  let annotations: [Annotation]
}
