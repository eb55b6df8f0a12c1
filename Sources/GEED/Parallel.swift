// SPDX-License-Identifier: MIT

import Dispatch

/// Calls `body` with 0, 1, …, `count` − 1 on all cores and returns when all calls have.
///
/// The calls must not depend on each other; what they compute must not depend on their order. That
/// is how results stay the same whatever the number of threads.
///
/// - Parameter grain: How many calls are worth a thread; fewer run in line.
func inParallel(_ count: Int, grain: Int = 1, _ body: (Int) -> Void) {
  let taskCount = (count + grain - 1) / grain
  guard taskCount > 1 else { return (0..<count).forEach(body) }
  // The calls are over when this function returns, and by contract share nothing that they change.
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: taskCount) { task in
    for i in task * grain..<min(count, (task + 1) * grain) { body(i) }
  }
}
