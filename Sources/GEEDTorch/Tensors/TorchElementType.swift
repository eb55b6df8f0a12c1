// SPDX-License-Identifier: MIT

import CGEEDTorch

/// The type of a tensor's scalars.
public enum TorchElementType: String, Hashable, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16, int64, bool

  var handle: gt_dtype {
    switch self {
    case .float32: GT_FLOAT32
    case .float64: GT_FLOAT64
    case .float16: GT_FLOAT16
    case .bfloat16: GT_BFLOAT16
    case .int64: GT_INT64
    case .bool: GT_BOOL
    }
  }

  init(_ handle: gt_dtype) {
    switch handle {
    case GT_FLOAT64: self = .float64
    case GT_FLOAT16: self = .float16
    case GT_BFLOAT16: self = .bfloat16
    case GT_INT64: self = .int64
    case GT_BOOL: self = .bool
    default: self = .float32
    }
  }
}
