// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDOnnx

@Suite struct OnnxRuntimePlacesTests {
  @Test("The working directory comes first, then the program's folder and those around it")
  func order() {
    let places = OnnxRuntimePlaces(
      variable: nil, workingFolder: "/no/work", program: "/no/tool/bin/geed")
    let name = OnnxRuntimePlaces.fileName
    #expect(
      places.candidates == [
        "/no/work/.deps/onnxruntime/\(name)", "/no/tool/bin/.deps/onnxruntime/\(name)",
        "/no/tool/.deps/onnxruntime/\(name)", "/no/.deps/onnxruntime/\(name)",
        "/.deps/onnxruntime/\(name)",
      ])
    #expect(places.systemNames.first == name)
  }

  @Test("An installed program finds the library in its lib, and in a Python package beside its own")
  func installation() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let paths = ["site/geed/lib", "site/onnxruntime/capi"].map { folder in
      root.appending(path: "\(folder)/\(OnnxRuntimePlaces.fileName).1.32.0")
    }
    for path in paths {
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: path)
    }
    let places = OnnxRuntimePlaces(
      variable: nil, workingFolder: "/no/work",
      program: root.appending(path: "site/geed/bin/geed").path)
    let found = places.candidates.filter { $0.hasSuffix(".1.32.0") }
    #expect(
      found.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
        == paths.map { $0.resolvingSymlinksInPath().path })
  }

  @Test("Where the variable names a place, nothing else counts")
  func variable() {
    let places = OnnxRuntimePlaces(
      variable: "/no/such/library.so", workingFolder: "/no/work", program: "/no/tool/geed")
    #expect(places.candidates == ["/no/such/library.so"])
    #expect(places.systemNames.isEmpty)
    let error = #expect(throws: OnnxLoadError.self) { try OnnxRuntimeLibrary(in: places) }
    #expect(error == .missing(searched: ["/no/such/library.so (GEED_ONNXRUNTIME)"]))
    #expect(error?.description.contains("Scripts/install-onnxruntime.sh") == true)
  }

  @Test("A folder may be that of the wheel or one of its parents")
  func folder() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let capi = root.appending(path: "onnxruntime/capi")
    try FileManager.default.createDirectory(at: capi, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let library = capi.appending(path: OnnxRuntimePlaces.fileName + ".1.32.0").path
    try Data("no library".utf8).write(to: URL(fileURLWithPath: library))
    let other = capi.appending(path: "libonnxruntime_providers_shared.so").path
    try Data().write(to: URL(fileURLWithPath: other))
    for folder in [root.path, root.path + "/onnxruntime", capi.path] {
      let places = OnnxRuntimePlaces(variable: folder, workingFolder: "/", program: "")
      #expect(places.candidates.count == 1)
      let ending = "capi/\(OnnxRuntimePlaces.fileName).1.32.0"
      #expect(places.candidates.first?.hasSuffix(ending) == true)
    }
    let places = OnnxRuntimePlaces(variable: capi.path, workingFolder: "/", program: "")
    let error = #expect(throws: OnnxLoadError.self) { try OnnxRuntimeLibrary(in: places) }
    guard case .notALibrary(library, _)? = error else {
      Issue.record("Expected an error that names \(library), but got \(String(describing: error)).")
      return
    }
  }

  @Test(
    "A library that lacks functions is an error with both versions",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc"), "No C compiler."))
  func oldLibrary() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appending(path: "old.c")
    let library = folder.appending(path: "old.so").path
    let code = """
      static const void *api(unsigned version) { return 0; }
      static const char *name(void) { return "1.8.1"; }
      static const struct { const void *(*api)(unsigned); const char *(*name)(void); } base =
          {api, name};
      const void *OrtGetApiBase(void) { return &base; }
      """
    try Data(code.utf8).write(to: source)
    let compiler = try Process.run(
      URL(fileURLWithPath: "/usr/bin/cc"),
      arguments: ["-shared", "-fPIC", "-o", library, source.path])
    compiler.waitUntilExit()
    let error = #expect(throws: OnnxLoadError.self) { try OnnxRuntimeLibrary(path: library) }
    #expect(error == .tooOld(path: library, expected: "1.12", found: "1.8.1"))
  }

  @Test("A library that is not ONNX Runtime is refused")
  func anotherLibrary() {
    let error = #expect(throws: OnnxLoadError.self) { try OnnxRuntimeLibrary(path: "libc.so.6") }
    #expect(
      error == .notALibrary(path: "libc.so.6", reason: "it does not export OrtGetApiBase"))
  }
}

@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct OnnxRuntimeLibraryTests {
  @Test("The version is reported and the CPU is there")
  func version() throws {
    let library = try OnnxRuntimeLibrary.shared()
    #expect(library.version.split(separator: ".").count == 3)
    #expect(library.availableProviders.contains("CPUExecutionProvider"))
  }
}
