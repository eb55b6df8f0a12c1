// SPDX-License-Identifier: MIT

import COnnxRuntime
import Foundation

/// ONNX Runtime's shared library, loaded once and kept until the program ends.
package final class OnnxRuntimeLibrary: Sendable {
  /// The path of the library, or its bare name if the system found it.
  package let path: String

  /// The version that the library reports.
  package let version: String

  /// The execution providers in this build of the library, by the runtime's names.
  package let availableProviders: [String]

  private let handles: Handles

  /// Never released: a library that has started threads cannot be unloaded safely.
  private struct Handles: @unchecked Sendable {
    let api: geed_ort_api
    let assignmentAPI: geed_ort_api?
    let env: geed_ort_env
    let memory: geed_ort_memory
  }

  var api: geed_ort_api { handles.api }
  /// The functions that tell which provider computes which operator; `nil` in older versions.
  var assignmentAPI: geed_ort_api? { handles.assignmentAPI }
  var env: geed_ort_env { handles.env }
  var memory: geed_ort_memory { handles.memory }

  private static let loaded = Result { try OnnxRuntimeLibrary(in: .current) }

  /// Returns the library, which is loaded at the first call, or throws ``OnnxLoadError``.
  package static func shared() throws -> OnnxRuntimeLibrary { try loaded.get() }

  /// Loads the first library that is found in `places`.
  convenience init(in places: OnnxRuntimePlaces) throws {
    if let path = places.candidates.first(where: FileManager.default.fileExists(atPath:)) {
      try self.init(path: path)
      return
    }
    for name in places.systemNames {
      let library = geed_ort_library_open(name)
      guard library.impl != nil else { continue }
      try self.init(library, path: name)
      return
    }
    throw OnnxLoadError.missing(searched: places.descriptions)
  }

  /// Loads the library at `path`.
  convenience init(path: String) throws {
    let library = geed_ort_library_open(path)
    guard library.impl != nil else {
      throw OnnxLoadError.notALibrary(path: path, reason: String(cString: geed_ort_library_error()))
    }
    try self.init(library, path: path)
  }

  private init(_ library: geed_ort_library, path: String) throws {
    guard let version = geed_ort_library_version(library) else {
      geed_ort_library_close(library)
      throw OnnxLoadError.notALibrary(path: path, reason: "it does not export OrtGetApiBase")
    }
    self.path = path
    self.version = String(cString: version)
    let api = geed_ort_library_api(library)
    guard api.impl != nil else {
      throw OnnxLoadError.tooOld(
        path: path, expected: "1.\(GEED_ORT_API_VERSION)", found: self.version)
    }
    var env = geed_ort_env()
    try api.check("start") { geed_ort_env_create($0, Self.severity, "geed", &env) }
    var memory = geed_ort_memory()
    try api.check("describe the host's memory") { geed_ort_memory_create_cpu($0, &memory) }
    let tellsAssignments =
      Self.minorVersion(self.version).map { $0 >= GEED_ORT_ASSIGNMENT_API_VERSION } ?? false
    let assignmentAPI = tellsAssignments ? geed_ort_library_assignment_api(library) : geed_ort_api()
    handles = Handles(
      api: api, assignmentAPI: assignmentAPI.impl == nil ? nil : assignmentAPI, env: env,
      memory: memory)
    availableProviders = try Self.providers(api)
  }

  /// The severity from which the runtime logs: fatal errors only, because all errors are also
  /// thrown.
  static let severity: Int32 = 4

  /// Returns the second number of a version 1.x; `nil` for others.
  static func minorVersion(_ version: String) -> Int? {
    let parts = version.split(separator: ".")
    return parts.first == "1" && parts.count > 1 ? Int(parts[1]) : nil
  }

  private static func providers(_ api: geed_ort_api) throws(OnnxError) -> [String] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    var count: Int32 = 0
    try api.check("list its providers") { geed_ort_providers($0, &names, &count) }
    guard let names else { return [] }
    defer { geed_ort_providers_release(api, names, count) }
    return (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
  }
}
