// SPDX-License-Identifier: MIT

import GEED

extension [MeasurementNote] {
  /// The notes in English.
  package var texts: [String] { map(\.description) }
}
