// SPDX-License-Identifier: MIT

import COnnxRuntime

/// An execution provider of ONNX Runtime.
public enum OnnxProvider: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// The host's CPU.
  case cpu
  /// CUDA on an NVIDIA GPU.
  case cuda
  /// Apple's Core ML.
  case coreml
  /// Intel's OpenVINO.
  case openvino

  /// The name on the command line.
  public var description: String { rawValue }

  /// The runtime's name of the provider.
  var runtimeName: String {
    switch self {
    case .cpu: "CPUExecutionProvider"
    case .cuda: "CUDAExecutionProvider"
    case .coreml: "CoreMLExecutionProvider"
    case .openvino: "OpenVINOExecutionProvider"
    }
  }

  /// Adds the provider to session options, before the CPU, which is always the last fallback.
  func append(to options: geed_ort_options, of library: OnnxRuntimeLibrary) throws {
    guard library.availableProviders.contains(runtimeName) else {
      let known = Self.allCases.filter { library.availableProviders.contains($0.runtimeName) }
      throw OnnxModelError.providerMissing(
        provider: rawValue, path: library.path, version: library.version,
        available: known.map(\.rawValue))
    }
    try library.api.check("use the provider \(rawValue)") { api in
      switch self {
      case .cpu: geed_ort_status()
      case .cuda: geed_ort_options_append_cuda(api, options)
      case .coreml: geed_ort_options_append_provider(api, options, "CoreML")
      case .openvino: geed_ort_options_append_provider(api, options, "OpenVINO")
      }
    }
  }
}
