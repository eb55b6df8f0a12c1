// SPDX-License-Identifier: MIT

import COnnxRuntime

/// An execution provider of ONNX Runtime.
public enum OnnxProvider: String, Sendable, Hashable, CaseIterable {
  /// The host's CPU.
  case cpu
  /// CUDA on an NVIDIA GPU.
  case cuda
  /// Apple's Core ML.
  case coreml
  /// Intel's OpenVINO on the host's CPU.
  case openvino

  /// The runtime's name of the provider.
  var runtimeName: String {
    switch self {
    case .cpu: "CPUExecutionProvider"
    case .cuda: "CUDAExecutionProvider"
    case .coreml: "CoreMLExecutionProvider"
    case .openvino: "OpenVINOExecutionProvider"
    }
  }

  /// The arithmetics that can be chosen; none for Core ML, which chooses by itself.
  package var arithmetics: [OnnxArithmetic] {
    switch self {
    case .cpu: [.float32]
    case .cuda: [.float32, .tf32]
    case .coreml: []
    case .openvino: [.float32, .bfloat16]
    }
  }
}

/// The numbers with which a provider computes what a model declares as 32-bit floating point.
public enum OnnxArithmetic: String, Sendable, Hashable, CaseIterable {
  /// 24 significant bits.
  case float32
  /// 8 significant bits, with the range of `float32`.
  case bfloat16
  /// NVIDIA's TF32: 11 significant bits in products of matrices and convolutions.
  case tf32
}

// MARK: - Session options

extension OnnxProvider {
  /// Adds the provider to session options, before the CPU, which is always the last fallback.
  func append(
    _ options: OnnxOptions, to settings: geed_ort_options, of library: OnnxRuntimeLibrary
  ) throws {
    guard library.availableProviders.contains(runtimeName) else {
      let known = Self.allCases.filter { library.availableProviders.contains($0.runtimeName) }
      throw OnnxModelError.providerMissing(
        provider: rawValue, path: library.path, version: library.version,
        available: known.map(\.rawValue))
    }
    guard self != .cpu else { return }
    let entries = entries(options)
    try withCStrings(entries.map(\.key)) { keys in
      try withCStrings(entries.map(\.value)) { values in
        try library.api.check("use the provider \(rawValue)") { api in
          switch self {
          case .cpu: geed_ort_status()
          case .cuda: geed_ort_options_append_cuda(api, settings, keys, values, keys.count)
          case .coreml:
            geed_ort_options_append_provider(api, settings, "CoreML", keys, values, keys.count)
          case .openvino:
            geed_ort_options_append_provider(api, settings, "OpenVINO", keys, values, keys.count)
          }
        }
      }
    }
  }

  /// The provider's own options. They state the arithmetic, because the defaults depend on the device:
  /// CUDA takes TF32 and OpenVINO 16 bits where the device is faster with them.
  func entries(_ options: OnnxOptions) -> [(key: String, value: String)] {
    switch self {
    case .cpu, .coreml: return []
    case .cuda: return [("use_tf32", options.arithmetic == .tf32 ? "1" : "0")]
    case .openvino:
      var properties = [
        ("INFERENCE_PRECISION_HINT", options.arithmetic == .bfloat16 ? "bf16" : "f32"),
        // Products with weights of 8 bits would otherwise round the other factor to 8 bits as well.
        ("DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"),
      ]
      // OpenVINO has threads of its own.
      if let count = options.threadCount {
        properties.append(("INFERENCE_NUM_THREADS", "\(count)"))
      }
      let text = properties.map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
      return [("device_type", "CPU"), ("load_config", #"{"CPU":{\#(text)}}"#)]
    }
  }
}
