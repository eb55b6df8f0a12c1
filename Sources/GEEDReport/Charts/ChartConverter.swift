// SPDX-License-Identifier: MIT

import Foundation

/// Draws charts on paper by vl-convert, which is the Python package `vl-convert-python`.
///
/// Nothing is written but what is returned, and nothing is read from the network.
package struct ChartConverter: Sendable {
  /// A format of pictures.
  package enum Format: String, Sendable, CaseIterable {
    /// Texts are texts, and lengths are points.
    case svg
    /// Texts are texts, in fonts that the file contains.
    case pdf
    /// 600 pixels per inch.
    case png
  }

  /// The name or the path of the Python interpreter.
  let interpreter: String
  /// The folders of packages that are searched first.
  let packages: [String]

  /// Creates a converter.
  ///
  /// - Parameters:
  ///   - variable: The value of `PYTHON`, the interpreter; `python3` if it is `nil` or empty.
  ///   - places: The folders that may hold the package beside Vega's bundle.
  package init(variable: String?, places: VegaPlaces) {
    interpreter = variable.flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
    packages = places.packageFolders
  }

  /// The converter of this program in its environment.
  package static var installed: ChartConverter {
    ChartConverter(
      variable: ProcessInfo.processInfo.environment["PYTHON"], places: .ofThisProgram)
  }

  /// Returns a chart as the bytes of a picture.
  package func picture(
    of chart: PaperChart, as format: Format
  ) throws(ChartConverterError) -> [UInt8] {
    let ended: Ended
    do {
      ended = try run(on: Data(chart.specification.json().utf8), format)
    } catch {
      throw .failed("\(interpreter) cannot be started: \(error.localizedDescription)")
    }
    let lines = String(decoding: ended.errors, as: UTF8.self).split(whereSeparator: \.isNewline)
    // Vega reports some errors and draws an empty chart nevertheless.
    if let error = lines.first(where: { $0.hasPrefix("ERROR") }) { throw .failed(String(error)) }
    switch ended.status {
    case 0: return Array(ended.output)
    case Self.notFound: throw .noInterpreter(interpreter)
    case Self.noPackage: throw .noPackage(interpreter: interpreter)
    case Self.oldPackage: throw .oldPackage(interpreter: interpreter)
    default:
      throw .failed(lines.last.map(String.init) ?? "its status is \(ended.status)")
    }
  }
}

// MARK: The process

extension ChartConverter {
  /// The status of `env` for a program that does not exist.
  private static let notFound: Int32 = 127
  private static let noPackage: Int32 = 3
  private static let oldPackage: Int32 = 4

  /// Reads a specification from standard input and writes the picture to standard output. The
  /// working folder is not searched for packages.
  private static let script = """
    import sys
    sys.path = [folder for folder in sys.path if folder]
    import json, re
    try:
        import vl_convert
        versions = vl_convert.get_vegalite_versions()
    except (ImportError, AttributeError):
        sys.exit(\(noPackage))
    versions = [version for version in versions if version.startswith("6.")]
    if not versions:
        sys.exit(\(oldPackage))
    options = dict(vl_version=versions[-1], allowed_base_urls=[])
    chart, form = json.load(sys.stdin), sys.argv[1]
    if form == "svg":
        picture = vl_convert.vegalite_to_svg(chart, **options)
        picture = re.sub(r'width="([\\d.]+)" height="([\\d.]+)"', r'width="\\1pt" height="\\2pt"', picture, count=1)
        picture = picture.encode()
    elif form == "pdf":
        picture = vl_convert.vegalite_to_pdf(chart, **options)
    else:
        picture = vl_convert.vegalite_to_png(chart, ppi=600, **options)
    sys.stdout.buffer.write(picture)
    """

  private struct Ended {
    let status: Int32
    let output: Data
    let errors: Data
  }

  /// Runs the script; its streams are files without names, which no process has to read meanwhile.
  private func run(on input: Data, _ format: Format) throws -> Ended {
    let streams = try (0..<3).map { _ in try FileHandle.unnamed() }
    try streams[0].write(contentsOf: input)
    try streams[0].seek(toOffset: 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [interpreter, "-c", Self.script, format.rawValue]
    var environment = ProcessInfo.processInfo.environment
    let found = packages.filter { FileManager.default.fileExists(atPath: $0) }
    let path = (found + [environment["PYTHONPATH"] ?? ""]).filter { !$0.isEmpty }
    environment["PYTHONPATH"] = path.joined(separator: ":")
    process.environment = environment
    process.standardInput = streams[0]
    process.standardOutput = streams[1]
    process.standardError = streams[2]
    try process.run()
    process.waitUntilExit()
    for stream in streams { try stream.seek(toOffset: 0) }
    return Ended(
      status: process.terminationStatus, output: try streams[1].readToEnd() ?? Data(),
      errors: try streams[2].readToEnd() ?? Data())
  }
}

extension FileHandle {
  /// Opens a new temporary file that has no name and vanishes when it is closed.
  fileprivate static func unnamed() throws -> FileHandle {
    let folder = FileManager.default.temporaryDirectory
    var name = Array(folder.appending(path: "geed-XXXXXX").path.utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: folder.path])
    }
    unlink(name)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// The reason why a chart was not drawn.
package enum ChartConverterError: Error, Hashable, CustomStringConvertible {
  case noInterpreter(String)
  case noPackage(interpreter: String)
  case oldPackage(interpreter: String)
  case failed(String)

  package var description: String {
    switch self {
    case .noInterpreter(let name):
      "Pictures are drawn by vl-convert in Python, but there is no '\(name)'; PYTHON names another "
        + "interpreter, and a chart that is written as .json needs none."
    case .noPackage(let name):
      "Pictures are drawn by vl-convert, which \(name) does not have: '\(name) -m pip install "
        + "vl-convert-python' installs it, PYTHON names another interpreter, and a chart that is "
        + "written as .json needs neither."
    case .oldPackage(let name):
      "The vl-convert of \(name) does not know Vega-Lite 6: '\(name) -m pip install --upgrade "
        + "vl-convert-python' installs one that does."
    case .failed(let reason): "vl-convert could not draw the chart: \(reason)"
    }
  }
}
