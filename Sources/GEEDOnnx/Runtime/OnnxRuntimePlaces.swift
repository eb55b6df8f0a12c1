// SPDX-License-Identifier: MIT

import Foundation

/// The locations that are searched for ONNX Runtime's library.
struct OnnxRuntimePlaces {
  /// The paths of files that could be the library, in order of preference.
  let candidates: [String]

  /// The locations as they appear in messages.
  let descriptions: [String]

  /// The names under which the system would find the library. Empty if the user gave a location.
  let systemNames: [String]

  #if os(macOS)
  static let fileName = "libonnxruntime.dylib"
  private static let systemNames = [fileName, "/opt/homebrew/lib/libonnxruntime.dylib"]
  #else
  static let fileName = "libonnxruntime.so"
  private static let systemNames = [fileName, "libonnxruntime.so.1"]
  #endif

  /// The locations for this program in its environment.
  static var current: OnnxRuntimePlaces {
    OnnxRuntimePlaces(
      variable: ProcessInfo.processInfo.environment["GEED_ONNXRUNTIME"],
      workingFolder: FileManager.default.currentDirectoryPath,
      program: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "")
  }

  /// - Parameter variable: The value of `GEED_ONNXRUNTIME`: a file, or a folder that holds the
  ///   library, is an unpacked wheel or holds one. If it is given, no other location is searched.
  init(variable: String?, workingFolder: String, program: String) {
    if let variable, !variable.isEmpty {
      systemNames = []
      candidates = Self.libraries(at: variable)
      descriptions = ["\(variable) (GEED_ONNXRUNTIME)"]
      return
    }
    var folders = [URL(fileURLWithPath: workingFolder).standardizedFileURL.path]
    var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
    while !program.isEmpty {
      folders.append(folder.path)
      if folder.path == "/" { break }
      folder.deleteLastPathComponent()
    }
    var seen: Set<String> = []
    let places = folders.filter { seen.insert($0).inserted }.map { folder in
      folder == "/" ? "/.deps/onnxruntime" : "\(folder)/.deps/onnxruntime"
    }
    systemNames = Self.systemNames
    candidates = places.map { "\($0)/\(Self.fileName)" }
    descriptions = places + ["the system's libraries (\(systemNames.joined(separator: ", ")))"]
  }

  /// Returns the files that a path given by the user could refer to.
  private static func libraries(at path: String) -> [String] {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { return [path] }
    return [path, "\(path)/lib", "\(path)/capi", "\(path)/onnxruntime/capi"].flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter(isLibraryName).sorted().map { "\(folder)/\($0)" }
    }
  }

  /// Returns whether a file name is that of the library, with or without a version.
  private static func isLibraryName(_ name: String) -> Bool {
    name == fileName || name.hasPrefix("\(fileName).")
      || (name.hasPrefix("libonnxruntime.") && name.hasSuffix(".dylib"))
  }
}
