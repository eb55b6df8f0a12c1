// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct DatasetLocationTests {
  @Test func glyphs() throws {
    #expect(try DatasetLocation.open("glyphs") is Glyphs)
    #expect(try DatasetLocation.open("glyphs", split: .train).name == "glyphs (train)")
  }

  @Test func files() throws {
    #expect(try DatasetLocation.open(Fixture.path("arrays/float32.npy")) is NumPyDataset)
    try withTemporaryFolder { folder in
      let image = Image(width: 1, height: 1, channels: 1, pixels: [9])
      try image.writePNG(to: "\(folder)/a.png")
      #expect(try DatasetLocation.open(folder) is ImageFolder)
      try write(
        idx(shape: [1, 1, 1], elements: [5]), to: "\(folder)/train-images-idx3-ubyte")
      #expect(try DatasetLocation.open(folder) is StoredImages)
    }
  }

  @Test("What is not known is met with what is")
  func unknown() throws {
    let missing = try dataError { _ = try DatasetLocation.open("glyph") }
    #expect(
      missing.description
        == "Expected a .npy file, an array of a .npz, .safetensors or .h5 file, a folder in the layout of "
        + "MNIST, EMNIST or CIFAR-10, a folder, .zip or .tar file of images, a .parquet file, labels of "
        + "scenes (.geojson as xView's, .json as COCO's), or 'glyphs' or 'glyphs-sketched' at 'glyph', "
        + "but there is nothing.")
    #expect(missing.isMissing)
    let other = try dataError {
      _ = try DatasetLocation.open(Fixture.path("preprocessed/cifar10.bin"))
    }
    #expect(other.description.contains("but found another file"))
    #expect(!other.isMissing)
  }
}
