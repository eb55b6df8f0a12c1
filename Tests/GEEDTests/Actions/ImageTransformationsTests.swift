// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ImageTransformationsTests {
  private func family(_ name: String) throws -> ImageTransformations {
    let name = try #require(GroupName(name))
    return try #require(name.transformations(on: [4, 4]) as? ImageTransformations)
  }

  @Test("Names hold kind, range and number of values")
  func names() throws {
    let blur = try family("blur:0-2:5")
    #expect(blur.kind == .blur)
    #expect(blur.parameters == [0, 0.5, 1, 1.5, 2])
    #expect(blur.transformations.name == "blur:0-2:5")
    #expect(
      blur.transformations.elementNames
        == ["identity", "blur 0", "blur 0.5", "blur 1", "blur 1.5", "blur 2"])
    #expect(blur.transformations.quantity == .transformationDeviation)
    #expect(blur.transformations.group == nil)
    let brightness = try family("brightness:-0.3--0.1:2")
    #expect(brightness.parameters == [-0.3, -0.1])
    #expect(try family("contrast:.5-2").parameters.count == 8)
  }

  @Test("Factors go in equal ratios")
  func ratios() throws {
    #expect(ImageTransformations(.scale, from: 0.25, to: 1, count: 3).parameters == [0.25, 0.5, 1])
    #expect(ImageTransformations(.contrast, from: 0.5, to: 2, count: 3).parameters == [0.5, 1, 2])
    // √0.5 to four decimals, as the name says.
    let scale = ImageTransformations(.scale, from: 0.5, to: 1, count: 3)
    #expect(scale.parameters[1] == 0.7071)
    #expect(scale.transformations.elementNames[2] == "scale 0.7071")
  }

  @Test(
    "What makes no sense has no name",
    arguments: [
      "blur", "blur:", "blur:1", "blur:2-0", "blur:1-1", "blur:-1-1", "blur:0-2:1", "blur:0-2:x",
      "blur:0-2:5:6", "scale:0-1", "contrast:0-1", "scale:0.00001-1", "sharpen:0-1",
      "brightness:a-b", "brightness:0-inf", "blur:0-2:4096",
    ])
  func refused(name: String) {
    #expect(GroupName(name) == nil)
  }

  @Test("Brightness adds, contrast multiplies, everywhere")
  func affine() throws {
    let x = Tensor(shape: [2, 1, 2], scalars: [-1, 0, 0.5, 2])
    let brightness = try ImageTransformations(.brightness, from: -0.5, to: 0.25, count: 2)
      .prepared(for: x.shape)
    #expect(brightness(1, x).scalars == [-1.5, -0.5, 0, 1.5])
    #expect(brightness(2, x).scalars == [-0.75, 0.25, 0.75, 2.25])
    let contrast = try ImageTransformations(.contrast, from: 0.5, to: 2, count: 2)
      .prepared(for: x.shape)
    #expect(contrast(1, x).scalars == [-0.5, 0, 0.25, 1])
    #expect(contrast(2, x).scalars == [-2, 0, 1, 4])
  }

  @Test(
    "The picture itself comes first and does not count",
    arguments: ImageTransformations.Kind.allCases)
  func reference(kind: ImageTransformations.Kind) throws {
    let family = ImageTransformations(kind, from: 0.5, to: 2, count: 4)
    let x = Tensor.counting([3, 4])
    let action = try family.prepared(for: [3, 4])
    #expect(action(0, x) == x)
    #expect(family.transformations.weights == [0, 1, 1, 1, 1])
    #expect(family.transformations.weightedIndices == [1, 2, 3, 4])
    #expect(action.lawDefects(on: x) == nil)
  }

  @Test("Parameters that change nothing leave the same bits")
  func neutral() throws {
    var generator = SplitMix64(seed: 6)
    let x = Tensor.random([5, 5], using: &generator)
    for (kind, lowest, highest) in [
      (ImageTransformations.Kind.scale, 1.0, 2.0), (.blur, 0, 1), (.brightness, 0, 1),
      (.contrast, 1, 2),
    ] {
      let action = try ImageTransformations(kind, from: lowest, to: highest, count: 2)
        .prepared(for: [5, 5])
      #expect(action.operators[1].isIdentity, "\(kind)")
      #expect(!action.operators[2].isIdentity, "\(kind)")
      #expect(action(1, x) == x, "\(kind)")
    }
  }

  @Test("Only pictures can be changed")
  func shapes() {
    let blur = ImageTransformations(.blur, from: 0, to: 1)
    let error = #expect(throws: ActionError.self) { try blur.prepared(for: [7]) }
    #expect(
      error?.description == "blur:0-1:8 acts on arrays of shape [..., H, W], but got shape [7].")
  }
}
