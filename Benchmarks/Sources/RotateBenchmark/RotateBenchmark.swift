// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Measures the time of rotating a batch [16, 3, 224, 224] by 45 degrees. `images.py` runs it,
/// alternating with torchvision.
///
///     RotateBenchmark PICTURES RESULT
///
/// Reads the batch from a file of raw 32-bit floats and writes the rotated batch in the same
/// format. Then, for each number that it reads, it rotates the batch that many times and prints the
/// median time and the mean processor time, in milliseconds per picture.
@main
struct RotateBenchmark {
  static func main() throws {
    let shape = [3, 224, 224]
    let action = try ImageAction.rotations(8).prepared(for: shape)
    let pictures = try Data(contentsOf: URL(filePath: CommandLine.arguments[1]))
    let batch = Tensor(
      shape: [16] + shape,
      scalars: pictures.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
    let turned = action(1, batch: batch).scalars.withUnsafeBytes { Data($0) }
    try turned.write(to: URL(filePath: CommandLine.arguments[2]))
    while let count = readLine().flatMap({ Int($0) }) {
      let (median, processor) = time(action, batch, count: count)
      print(median, processor)
      fflush(nil)
    }
  }

  /// Returns the median time of `count` rotations and their mean processor time, per picture.
  private static func time(
    _ action: PreparedAction, _ batch: Tensor, count: Int
  ) -> (median: Double, processor: Double) {
    var times: [Double] = []
    let startOfWork = clock()
    for _ in 0..<count {
      let start = ContinuousClock.now
      let turned = action(1, batch: batch)
      times.append((ContinuousClock.now - start) / .milliseconds(batch.rowCount))
      precondition(turned.shape == batch.shape)
    }
    let work = 1000 * Double(clock() - startOfWork) / Double(CLOCKS_PER_SEC)
    return (times.sorted()[count / 2], work / Double(count * batch.rowCount))
  }
}
