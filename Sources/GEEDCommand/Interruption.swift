// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

/// Ctrl-C, turned into something that a loop can ask for.
///
/// The first one lets the loop end and keep its results; a second one ends the tool at once.
enum Interruption {
  /// Why nothing is printed: Ctrl-C came before the first example was complete.
  struct NothingMeasured: Error, CustomStringConvertible {
    let description = "Stopped before the first example was measured; there is nothing to print."
  }

  private static let isRequested = Atomic<Bool>(false)

  /// Whether Ctrl-C was pressed since ``watch()``.
  static var wasRequested: Bool { isRequested.load(ordering: .relaxed) }

  /// Starts to catch Ctrl-C.
  static func watch() {
    signal(SIGINT) { _ in
      Interruption.isRequested.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }
}
