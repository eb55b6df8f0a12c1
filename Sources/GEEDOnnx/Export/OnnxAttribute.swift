// SPDX-License-Identifier: MIT

import Foundation

/// An attribute of an operator, such as the strides of a `Conv`.
package enum OnnxAttribute: Sendable, Hashable {
  case integer(Int)
  case integers([Int])
  case float(Float)
  case floats([Float])
  case text(String)
}

extension ProtoWrittenAttribute {
  init(name: String, _ value: OnnxAttribute) {
    self.init()
    self.name = name
    switch value {
    case .float(let value): (f, type) = (value, 1)
    case .integer(let value): (i, type) = (Int64(value), 2)
    case .text(let value): (s, type) = (Data(value.utf8), 3)
    case .floats(let values): (floats, type) = (values, 6)
    case .integers(let values): (ints, type) = (values.map(Int64.init), 7)
    }
  }
}
