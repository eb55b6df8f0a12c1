// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The options for running a model. The defaults suit a model with one input on the CPU.
public struct OnnxOptions: Sendable, Hashable {
  /// The order of the axes of the model's input.
  public var layout: OnnxLayout = .auto

  /// The number of threads of the model, or `nil` for the runtime's choice: one for each core. Another
  /// number may change the order of sums, and so their last digits.
  public var threadCount: Int?

  /// The number of batches that a measurement runs at a time on the CPU, at least 1; they share the
  /// threads. The operators of small networks gain little from several threads.
  package var concurrentRuns = 1

  /// The execution provider. Operators that it lacks are computed on the CPU.
  public var provider: OnnxProvider = .cpu

  /// The numbers with which the provider computes. Core ML chooses them itself.
  public var arithmetic: OnnxArithmetic = .float32

  /// The maximum number of examples in one run, unless the model fixes it; `nil` for all.
  package var batchLimit: Int?

  /// Values for further inputs, by name; each fills its whole tensor.
  public var constants: [String: Double] = [:]

  /// The maximum number of bytes for the weights, or for the inputs of one run; `nil` for no limit.
  public var memoryLimit: Int?

  /// The names of further inputs that receive the same examples as the first one.
  public var copies: Set<String> = []

  /// The inputs that take parts of the examples, in the order of the parts; empty for a model whose
  /// examples are those of one input.
  public var parts: [ModelInput] = []

  /// Whether tensors keep the model's own order of axes instead of being returned channels first.
  package var keepsAxisOrder = false

  /// Creates the default options.
  public init() {}

  /// The number of batches that run at a time: not more than there are threads for, and one where the
  /// operators do not run on the CPU.
  var runCount: Int { provider == .cpu ? min(concurrentRuns, totalThreadCount) : 1 }

  /// The number of threads of the session's pool, which all runs share, including the one that begins a
  /// run; 0 for the runtime's choice. Every further run adds the thread that begins it.
  var poolThreadCount: Int { runCount > 1 ? totalThreadCount - runCount + 1 : threadCount ?? 0 }

  private var totalThreadCount: Int {
    threadCount ?? ProcessInfo.processInfo.activeProcessorCount
  }
}

/// The order of the axes of the images that a model takes.
public enum OnnxLayout: String, Sendable, Hashable, CaseIterable {
  /// Read from the shape that the model declares.
  case auto
  /// Channels before rows and columns, `[N, C, H, W]`.
  case nchw
  /// Channels last, `[N, H, W, C]`.
  case nhwc
}

extension OnnxLayout {
  /// Returns the layout that a declared input shape suggests, with the reason.
  ///
  /// One, three or four channels identify the channel axis: `[N, 224, 224, 3]` is NHWC. If that
  /// does not decide, two equal axes followed by a shorter one are rows, columns and channels.
  static func deduced(from shape: [OnnxAxis]) -> (layout: OnnxLayout, reason: String) {
    let usual: Set = [1, 3, 4]
    let (first, last) = (shape[1].length, shape[3].length)
    switch (first.map(usual.contains) ?? false, last.map(usual.contains) ?? false) {
    case (true, false): return (.nchw, "axis 1 is the channels")
    case (false, true): return (.nhwc, "axis 3 is the channels")
    case (true, true): return (.nchw, "axes 1 and 3 could both be the channels")
    case (false, false): break
    }
    if let rows = first, let channels = last, shape[2].length == rows, channels < rows {
      return (.nhwc, "axes 1 and 2 are equal and axis 3 is shorter")
    }
    return (.nchw, "the shape does not tell, and this is the usual one")
  }
}
