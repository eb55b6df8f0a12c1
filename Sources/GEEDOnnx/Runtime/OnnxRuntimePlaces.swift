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

  /// - Parameters:
  ///   - variable: The value of `GEED_ONNXRUNTIME`: a file, or a folder that holds the library, is
  ///     an unpacked wheel or holds one. If it is given, no other location is searched.
  ///   - program: The path of the program. `.deps/onnxruntime` of the working folder and of all
  ///     folders that contain the program are searched, then `../lib` beside the program, and the
  ///     Python package `onnxruntime` that is installed beside a package with the program in `bin`.
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
    let installed = program.isEmpty ? [] : Self.folders(around: folders[1])
    var seen: Set<String> = []
    let places = folders.filter { seen.insert($0).inserted }.map { folder in
      folder == "/" ? "/.deps/onnxruntime" : "\(folder)/.deps/onnxruntime"
    }
    systemNames = Self.systemNames
    candidates =
      places.map { "\($0)/\(Self.fileName)" } + installed.flatMap(Self.libraries(in:))
    descriptions =
      places + installed + ["the system's libraries (\(systemNames.joined(separator: ", ")))"]
  }

  /// Returns the folders in which an installation has the library, for the folder of its program.
  private static func folders(around folder: String) -> [String] {
    let parent = URL(fileURLWithPath: folder).deletingLastPathComponent()
    return [
      parent.appending(path: "lib").path,
      parent.deletingLastPathComponent().appending(path: "onnxruntime/capi").path,
    ]
  }

  /// Returns the files that a path given by the user could refer to.
  private static func libraries(at path: String) -> [String] {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { return [path] }
    return [path, "\(path)/lib", "\(path)/capi", "\(path)/onnxruntime/capi"]
      .flatMap(libraries(in:))
  }

  private static func libraries(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter(isLibraryName).sorted().map { "\(folder)/\($0)" }
  }

  /// Returns whether a file name is that of the library, with or without a version.
  private static func isLibraryName(_ name: String) -> Bool {
    name == fileName || name.hasPrefix("\(fileName).")
      || (name.hasPrefix("libonnxruntime.") && name.hasSuffix(".dylib"))
  }
}
