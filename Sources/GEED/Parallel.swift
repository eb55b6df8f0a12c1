// SPDX-License-Identifier: MIT

import Dispatch

/// Calls `body` with 0, 1, …, `count` − 1 on all cores and returns when all calls have.
///
/// The calls must not depend on each other, nor may their results depend on the order of the calls.
/// Results are then the same for every number of threads.
///
/// - Parameter grain: The least number of calls that is worth a thread; up to that many run on the
///   calling thread.
func inParallel(_ count: Int, grain: Int = 1, _ body: (Int) -> Void) {
  let taskCount = (count + grain - 1) / grain
  guard taskCount > 1 else { return (0..<count).forEach(body) }
  // All calls have ended when this function returns, and by contract they share no mutable state.
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: taskCount) { task in
    for i in task * grain..<min(count, (task + 1) * grain) { body(i) }
  }
}
