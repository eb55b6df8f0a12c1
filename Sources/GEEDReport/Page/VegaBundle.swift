// SPDX-License-Identifier: MIT

import Foundation

/// Vega, Vega-Lite and vega-embed as one script, which draws the charts of a page.
///
/// `Scripts/install-vega.sh` makes the file `vega-bundle.js`.
package struct VegaBundle: Sendable {
  /// The script, which may stand in a script element.
  package let script: String

  /// Creates a bundle from the text of its file.
  ///
  /// HTML ends a script at `</script`, even in a string, and changes the ends of lines; in strings
  /// of JavaScript `<\/` is the same as `</`.
  package init(script: String) {
    let bytes = Array(script.utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\r") {
        if index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n") {
          text.append(UInt8(ascii: "\n"))
        }
        continue
      }
      if byte == UInt8(ascii: "/"), text.last == UInt8(ascii: "<"),
        String(decoding: bytes[index...].prefix(7), as: UTF8.self).lowercased() == "/script"
      {
        text.append(UInt8(ascii: "\\"))
      }
      text.append(byte)
    }
    self.script = String(decoding: text, as: UTF8.self)
  }

  /// Reads the bundle of this program in its environment.
  ///
  /// - Throws: ``VegaBundleError`` if there is none.
  package static func installed() throws(VegaBundleError) -> VegaBundle {
    try VegaBundle(.ofThisProgram)
  }

  /// Reads the bundle from the first location that has it.
  ///
  /// - Throws: ``VegaBundleError`` if none has it.
  package init(_ places: VegaPlaces) throws(VegaBundleError) {
    for file in places.candidates {
      if let data = FileManager.default.contents(atPath: file) {
        self.init(script: String(decoding: data, as: UTF8.self))
        return
      }
    }
    throw VegaBundleError(places: places)
  }
}

/// The locations that are searched for Vega's bundle, and for vl-convert in the folder `python`
/// beside it.
package struct VegaPlaces: Sendable {
  package static let fileName = "vega-bundle.js"

  /// The paths of files that could be the bundle, in order of preference.
  package let candidates: [String]

  /// The paths of folders that could hold vl-convert, in order of preference.
  package var packageFolders: [String] {
    candidates.map { "\(URL(fileURLWithPath: $0).deletingLastPathComponent().path)/python" }.uniqued
  }

  /// The locations of this program in its environment.
  package static var ofThisProgram: VegaPlaces {
    VegaPlaces(
      variable: ProcessInfo.processInfo.environment["GEED_VEGA"],
      workingFolder: FileManager.default.currentDirectoryPath,
      program: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "")
  }

  fileprivate let isGiven: Bool

  /// - Parameters:
  ///   - variable: The value of `GEED_VEGA`: the file, or its folder. If it is given, no other
  ///     location is searched.
  ///   - program: The path of the program. `.deps/vega` of the working folder and of all folders
  ///     that contain the program are searched, and `../share/geed` beside the program.
  package init(variable: String?, workingFolder: String, program: String) {
    if let variable, !variable.isEmpty {
      isGiven = true
      candidates = [variable, "\(variable)/\(Self.fileName)"]
      return
    }
    isGiven = false
    var folders = [URL(fileURLWithPath: workingFolder).standardizedFileURL]
    var shared: [URL] = []
    if !program.isEmpty {
      var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath()
        .deletingLastPathComponent()
      shared = [folder.deletingLastPathComponent().appending(path: "share/geed")]
      folders.append(folder)
      while folder.path != "/" {
        folder.deleteLastPathComponent()
        folders.append(folder)
      }
    }
    let places = folders.map { $0.appending(path: ".deps/vega") } + shared
    candidates = places.map { $0.appending(path: Self.fileName).path }.uniqued
  }
}

/// No location has Vega's bundle.
package struct VegaBundleError: Error, CustomStringConvertible {
  package let places: VegaPlaces

  package var description: String {
    let found =
      places.isGiven
      ? "\(places.candidates[0]) (GEED_VEGA) is not a file that can be read, and has no "
        + "\(VegaPlaces.fileName)."
      : "\(VegaPlaces.fileName) is in none of \(places.candidates.joined(separator: ", "))."
    return "\(found) Scripts/install-vega.sh makes it."
  }
}
