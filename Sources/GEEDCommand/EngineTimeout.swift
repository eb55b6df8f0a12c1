// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx

/// Stops an engine a few seconds after a signal.
///
/// A loop in a model may never end, and a measurement waits for its batch. After a signal the
/// current batch has a few seconds to finish before the engine is stopped.
enum EngineTimeout {
  private static let seconds: UInt32 = 5

  /// Waits for a signal on a separate thread.
  static func watch(_ engine: OnnxModel) {
    Thread.detachNewThread {
      while !Interruption.wasRequested { usleep(200_000) }
      sleep(seconds)
      engine.stop()
    }
  }
}
