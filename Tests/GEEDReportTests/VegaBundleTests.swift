// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import Testing

@Suite struct VegaBundleTests {
  @Test func placesOfAProgram() {
    let places = VegaPlaces(
      variable: nil, workingFolder: "/home/me", program: "/opt/geed/bin/geed")
    #expect(
      places.candidates == [
        "/home/me/.deps/vega/vega-bundle.js", "/opt/geed/bin/.deps/vega/vega-bundle.js",
        "/opt/geed/.deps/vega/vega-bundle.js", "/opt/.deps/vega/vega-bundle.js",
        "/.deps/vega/vega-bundle.js", "/opt/geed/share/geed/vega-bundle.js",
      ])
  }

  @Test func placesOfAVariable() {
    let places = VegaPlaces(variable: "/a/b", workingFolder: "/home/me", program: "/bin/geed")
    #expect(places.candidates == ["/a/b", "/a/b/vega-bundle.js"])
  }

  @Test func bundleOfAFileOrItsFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vega-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "vega-bundle.js")
    try Data("a = 1".utf8).write(to: file)
    for path in [file.path, folder.path] {
      let places = VegaPlaces(variable: path, workingFolder: "/", program: "")
      #expect(try VegaBundle(places).script == "a = 1")
    }
  }

  @Test func missingBundle() {
    let given = VegaPlaces(variable: "/nowhere", workingFolder: "/", program: "")
    #expect(
      message(of: given) == """
        /nowhere (GEED_VEGA) is not a file that can be read, and has no vega-bundle.js. \
        Scripts/install-vega.sh makes it.
        """)
    let searched = VegaPlaces(variable: nil, workingFolder: "/nowhere", program: "")
    #expect(
      message(of: searched) == """
        vega-bundle.js is in none of /nowhere/.deps/vega/vega-bundle.js. \
        Scripts/install-vega.sh makes it.
        """)
  }

  private func message(of places: VegaPlaces) -> String? {
    do {
      _ = try VegaBundle(places)
      return nil
    } catch {
      return error.description
    }
  }
}
