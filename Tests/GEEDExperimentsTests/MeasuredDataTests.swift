// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDExperiments
import Testing

@Suite struct MeasuredDataTests {
  private let data = MeasuredData(at: "glyphs")

  @Test(
    "Every data set has grey pictures of the networks' size",
    arguments: [
      MeasuredData.rotatedMNIST, "mnist-shot-noise-3", "mnist-glass-blur-3", "mnist-fog-3",
      "mnist-zigzag-3",
    ])
  func shapes(name: String) throws {
    let dataset = try data.open(name)
    #expect(dataset.exampleShape == [1, 29, 29])
    #expect(dataset.name == name)
    #expect(try dataset.example(at: 0).shape == [1, 29, 29])
  }

  @Test("What is not there is left out, corruptions are always there")
  func available() {
    #expect(data.available(["kmnist", "mnist-fog-3", "notmnist"]) == ["mnist-fog-3"])
  }

  private static let realData = ProcessInfo.processInfo.environment["GEED_DATA"]

  @Test(
    "Data of every layout are measured (needs GEED_DATA)", .enabled(if: realData != nil),
    arguments: ["kmnist", "notmnist", "cifar10-grey"])
  func layouts(name: String) throws {
    let dataset = try MeasuredData(at: #require(Self.realData)).open(name)
    #expect(dataset.exampleShape == [1, 29, 29])
    #expect(dataset.count >= 600)
  }

  @Test(
    "A name that is no data set is refused", arguments: ["mnist-fog-9", "mnist-rain-1", "emnist"])
  func unknown(name: String) {
    #expect(throws: DataError.self) { try data.open(name) }
  }

  @Test("The test split is the one that the networks are tried on")
  func sameAsTraining() throws {
    let settings = SixBlockExperiment(.tiny, at: "glyphs").configuration(
      .conventional, seed: 5
    ).data
    let tried = try settings.open(.test, seed: 5)
    let measured = try data.open(MeasuredData.rotatedMNIST)
    #expect(tried.count == measured.count)
    for index in [0, 7] { #expect(try tried.example(at: index) == measured.example(at: index)) }
  }
}
#endif
