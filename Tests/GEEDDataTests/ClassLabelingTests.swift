// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct ClassLabelingTests {
  /// Four images: cat/1.png, cat/2.png, dog/1.png, dog/3.png.
  private func withPets(_ body: (String, any Dataset) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let bytes = try Image(width: 2, height: 1, channels: 1, pixels: [1, 2]).encodedPNG(
        name: "test")
      for name in ["cat/1.png", "cat/2.png", "dog/1.png", "dog/3.png"] {
        try write(bytes, to: "\(folder)/pets/\(name)")
      }
      try body(folder, try DatasetLocation.open("\(folder)/pets"))
    }
  }

  private func labels(
    _ text: String?, map: String? = nil
  ) throws -> (labels: [Int?], notes: [String], census: ClassCounts?) {
    var result: (labels: [Int?], notes: [String], census: ClassCounts?) = ([], [], nil)
    try withPets { folder, pets in
      if let text { try write(Array(text.utf8), to: "\(folder)/labels") }
      if let map { try write(Array(map.utf8), to: "\(folder)/map") }
      let labeling = try ClassLabeling(
        labels: text.map { _ in "\(folder)/labels" }, classMap: map.map { _ in "\(folder)/map" })
      let dataset = try labeling.applied(to: pets)
      result = (
        (0..<dataset.count).map { dataset.label(at: $0) }, dataset.notes(on: []), dataset.classes
      )
    }
    return result
  }

  @Test(
    "All forms of labels say the same",
    arguments: [
      "cat/1.png,7\ncat/2.png,7\ndog/1.png,3\ndog/3.png,9\n",
      "file,class\r\ncat/1.png, 7\r\n2.png,7\r\ndog/1.png,\"3\"\r\n3.png,9\r\n",
      "0,7\n1,7\n2,3\n3,9",
      "7\n7\n3\n9\n", "class\n7\n7\n3\n9\n",
      #"{"cat/1.png": 7, "2.png": "7", "dog/1.png": 3, "3": 9}"#,
      " [7, 7, 3, \"9\"]",
    ])
  func forms(text: String) throws {
    let found = try labels(text)
    #expect(found.labels == [7, 7, 3, 9])
    #expect(found.notes.isEmpty)
    #expect(found.census?.numbering?.numbers == Array(0...9))
  }

  @Test(
    "A class map numbers folders",
    arguments: ["cat,281\ndog,207", "name,index\ncat,281\ndog,207\n", #"{"dog": 207, "cat": 281}"#])
  func map(text: String) throws {
    #expect(try labels(nil, map: text).labels == [281, 281, 207, 207])
  }

  @Test("A list of names numbers them from 0, for folders and for labels")
  func list() throws {
    #expect(try labels(nil, map: #"["bird", "cat", "dog"]"#).labels == [1, 1, 2, 2])
    #expect(
      try labels("bird\ncat\ndog\ndog", map: #"["bird", "cat", "dog"]"#).labels == [0, 1, 2, 2])
  }

  @Test("WordNet ids of ImageNet have the numbers of its models")
  func wordNet() throws {
    #expect(
      try labels("n01440764\nn01440764\nn15075141\nn03000247").labels == [0, 0, 999, 490])
    #expect(ImageNetClasses.places.count == 1_000)
    #expect(ImageNetClasses.numbering(of: ["n01440764", "cat"]) == nil)
    #expect(
      ImageNetClasses.numbering(of: ["n01443537", "n01440764"])
        == ClassNumbering(numbers: [1, 0], classCount: 1_000))
  }

  @Test("Rows of no example are counted, examples without a row are an error")
  func counts() throws {
    let more = try labels("0,1\n1,1\n2,1\n3,1\nbird.png,2\nfish.png,2\n")
    #expect(more.notes.count == 1)
    #expect(
      more.notes[0].contains("2 of 6 rows of") && more.notes[0].contains("bird.png, fish.png."))
    let missing = try dataError { _ = try labels("cat/1.png,1\n3.png,2") }
    #expect(missing.description.contains("found none for 2 (cat/2.png, dog/1.png)"))
    // There are two files called 1.png.
    let ambiguous = try dataError { _ = try labels("1.png,1\n2.png,1\n3.png,2") }
    #expect(ambiguous.description.contains("found none for 2"))
    let few = try dataError { _ = try labels("1\n2\n3") }
    #expect(few.description.contains("expected 4 labels, one for each example, but found 3"))
  }

  @Test("Unknown classes and contradictions are refused")
  func unknown() throws {
    let names = try dataError { _ = try labels("cat\ncat\ndog\ndog") }
    #expect(
      names.description.contains("found none for 2 (cat, dog); give their numbers with --class-map")
    )
    let map = try dataError { _ = try labels(nil, map: "cat,1") }
    #expect(map.description.contains("found none for 1 (dog)"))
    let negative = try dataError { _ = try labels(nil, map: "cat,1\ndog,-2") }
    #expect(negative.description.contains("for 'dog', but found '-2'"))
    let huge = try dataError { _ = try labels(nil, map: "cat,1\ndog,9223372036854775807") }
    #expect(huge.description.contains("expected a number from 0 to 1048575 for 'dog'"))
    let twice = try dataError { _ = try labels("0,1\n0,2\n1,1\n2,1\n3,1") }
    #expect(twice.description.contains("expected one class for '0', but found '1' and '2'"))
    // A decoder would keep one of both; names in values, and with escapes, are told apart.
    let repeated = try dataError { _ = try labels("{\"0\": 1, \"1\": 1, \"\\u0030\" : 2}") }
    #expect(repeated.description.contains("expected each name once, but found '0' twice"))
    let repeatedClass = try dataError {
      _ = try labels(nil, map: "{\"cat\": 1, \"dog\": 2, \"cat\": 1}")
    }
    #expect(repeatedClass.description.contains("found 'cat' twice"))
    let plain = try labels(
      "{\"0\": \"cat\", \"1\": \"cat\", \"2\": \"dog\", \"3\": \"dog\"}", map: "cat,1\ndog,2")
    #expect(plain.notes.isEmpty)
    let form = try dataError { _ = try labels("{\"a\": [1]}") }
    #expect(form.description.contains("expected an object or a list of numbers and names in JSON"))
  }

  @Test("Data without class folders need labels for a class map")
  func withoutFolders() throws {
    try withTemporaryFolder { folder in
      try write(Array("a,1".utf8), to: "\(folder)/map.csv")
      let labeling = try ClassLabeling(labels: nil, classMap: "\(folder)/map.csv")
      let error = try dataError {
        _ = try labeling.applied(to: DatasetLocation.open(Fixture.path("arrays/float32.npy")))
      }
      #expect(error.description.contains("give the class of each example with --labels"))
    }
  }
}
