// SPDX-License-Identifier: MIT

import GEED

/// Times the turn of a batch [16, 3, 224, 224] by 45 degrees, and prints the median in milliseconds
/// per image; `Benchmarks/rotate.sh` compares it with torchvision.
@main
struct RotateBenchmark {
  static func main() throws {
    let shape = [3, 224, 224]
    let action = try ImageAction.rotations(8).prepared(for: shape)
    var generator = SplitMix64(seed: 0)
    let images = Tensor(
      shape: [16] + shape,
      scalars: (0..<16 * Tensor.count(of: shape)).map { _ in Float(generator.nextUnit()) })
    var times: [Double] = []
    for _ in 0..<40 {
      let start = ContinuousClock.now
      let turned = action(1, batch: images)
      times.append((ContinuousClock.now - start) / .milliseconds(1) / 16)
      precondition(turned.shape == images.shape)
    }
    print(times.sorted()[times.count / 2])
  }
}
