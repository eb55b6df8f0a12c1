// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx

/// How long an engine may go on after a signal.
///
/// A loop in a model may never end, and a measurement waits for its batch. The batch that is under way
/// when a signal comes is waited for a few seconds, then the engine is stopped.
enum EnginePatience {
  private static let seconds: UInt32 = 5

  /// Waits for a signal on a thread of its own.
  static func watch(_ engine: OnnxModel) {
    Thread.detachNewThread {
      while !Interruption.wasRequested { usleep(200_000) }
      sleep(seconds)
      engine.stop()
    }
  }
}
