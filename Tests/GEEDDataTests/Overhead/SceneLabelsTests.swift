// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

/// A feature of xView's labels.
func feature(_ type: Int, scene: String = "a.png", bounds: String) -> String {
  """
  {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [1, 1]]]},
   "properties": {"image_id": "\(scene)", "type_id": \(type), "bounds_imcoords": "\(bounds)",
                  "cat_id": "x", "ingest_time": null}}
  """
}

func geoJSON(_ features: String...) -> String {
  #"{"type": "FeatureCollection", "features": ["# + features.joined(separator: ",") + "]}"
}

@Suite struct SceneLabelsTests {
  private func xView(_ text: String) throws -> SceneLabels {
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), to: "\(folder)/a.geojson")
      return try SceneLabels(xView: "\(folder)/a.geojson", types: XViewMaritime.types)
    }
  }

  @Test("Of xView's types the nine kinds of ships are kept, in the order of the numbers")
  func types() throws {
    let labels = try xView(
      geoJSON(
        feature(52, bounds: "1,2,3,4"), feature(40, bounds: "1,2,3,4"),
        feature(18, bounds: "1,2,3,4"), feature(41, scene: "b.tif", bounds: "-5,0,10,20")))
    #expect(labels.classNames.count == 9)
    #expect(labels.annotations.map(\.classIndex) == [8, 0])
    #expect(labels.annotations.map(\.box) == [[1, 2, 3, 4], [-5, 0, 10, 20]])
    #expect(labels.annotations.map(\.scene) == ["a.png", "b.tif"])
  }

  @Test(
    "Boxes that are none are left out",
    arguments: [
      "", "1,2,3", "1,2,3,4,5", "1,2,x,4", "3,2,1,4", "1,2,1,4", "1,2,nan,4", "1,2,inf,4",
      "1,2,1e300,4", "9223372036854775807,2,3,4",
    ])
  func strangeBoxes(bounds: String) throws {
    #expect(try xView(geoJSON(feature(41, bounds: bounds))).annotations.isEmpty)
  }

  @Test("Scenes are files of the folder", arguments: ["../a.png", "/etc/a", "", ".a", "b/c.tif"])
  func hostileNames(name: String) throws {
    let error = try dataError {
      _ = try xView(geoJSON(feature(41, scene: name, bounds: "1,2,3,4")))
    }
    #expect(error.description.contains("names of scenes' files"))
  }

  @Test(
    "What is no such GeoJSON says where",
    arguments: [
      ("", "GeoJSON"), ("[]", "GeoJSON"), ("{}", "features"), (#"{"features": 3}"#, "features"),
      (#"{"features": [{"properties": {"image_id": 3}}]}"#, "features.0.properties.image_id"),
      (String(repeating: "[", count: 100_000), "GeoJSON"),
    ])
  func noGeoJSON(text: String, message: String) throws {
    let error = try dataError { _ = try xView(text) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("Labels that are cut short anywhere are an error")
  func truncated() throws {
    let text = geoJSON(feature(41, bounds: "1,2,3,4"))
    for length in stride(from: 0, to: text.count, by: 7) {
      _ = try dataError { _ = try xView(String(text.prefix(length))) }
    }
  }

  @Test("COCO's boxes are corner and size, its classes come in the order of their numbers")
  func coco() throws {
    let text = """
      {"images": [{"id": 7, "file_name": "s.png"}],
       "categories": [{"id": 5, "name": "ship"}, {"id": 2, "name": "buoy"}],
       "annotations": [{"image_id": 7, "category_id": 5, "bbox": [1.5, 2, 3, 4.25]},
                       {"image_id": 7, "category_id": 2, "bbox": [0, 0, 0, 4]}]}
      """
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), to: "\(folder)/a.json")
      let labels = try SceneLabels(coco: "\(folder)/a.json")
      #expect(labels.classNames == ["buoy", "ship"])
      #expect(
        labels.annotations == [.init(scene: "s.png", classIndex: 1, box: [1, 2, 5, 7])])
      let stray = text.replacingOccurrences(of: #""image_id": 7"#, with: #""image_id": 8"#)
      try write(Array(stray.utf8), to: "\(folder)/b.json")
      let error = try dataError { _ = try SceneLabels(coco: "\(folder)/b.json") }
      #expect(error.description.contains("annotation 0"))
    }
  }
}
