// SPDX-License-Identifier: MIT

import Dispatch

/// Calls `body` with 0, 1, …, `count` − 1 on all cores, at least `grain` on each, and returns when
/// all calls have. The calls must not depend on each other or on their order.
func inParallel(_ count: Int, grain: Int = 1, _ body: (Int) -> Void) {
  let taskCount = (count + grain - 1) / grain
  guard taskCount > 1 else { return (0..<count).forEach(body) }
  // All calls have ended when this function returns, and by contract they share no mutable state.
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: taskCount) { task in
    for i in task * grain..<min(count, (task + 1) * grain) { body(i) }
  }
}
