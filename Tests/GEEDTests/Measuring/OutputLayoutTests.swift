// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEED

@Suite("OutputLayout")
struct OutputLayoutTests {
  @Test(
    "the text of a layout reads back as the layout",
    arguments: ["nchw", "nhwc", "vector", "tokens:14x14", "tokens:7x9+1", "tokens:1x1+5"])
  func roundTrip(_ text: String) throws {
    let layout = try #require(OutputLayout(text))
    #expect(layout.description == text)
    let json = try JSONEncoder().encode([layout])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
    #expect(try JSONDecoder().decode([OutputLayout].self, from: json) == [layout])
  }

  @Test(
    "what is no layout is not read",
    arguments: [
      "", "NCHW", "hwcn", "tokens", "tokens:", "tokens:14", "tokens:14x", "tokens:0x4",
      "tokens:14x14+", "tokens:14x14+-1", "tokens:14x14+1+1", "tokens:14x14x2", "tokens: 4x4",
      "tokens:99999999999999999999x2", "tokens:+4x4", "tokens:٤x4",
    ])
  func badText(_ text: String) {
    #expect(OutputLayout(text) == nil)
  }

  @Test("channels first stays as it is, and several channel axes become one")
  func channelsFirst() throws {
    let batch = numbered([3, 2, 2, 2])
    let same = try #require(OutputLayout.nchw.rearranged(batch, rows: 1..<3))
    #expect(same.batch == batch && same.firstRow == 1)
    let field = try #require(OutputLayout.nchw.rearranged(numbered([2, 3, 4, 2, 5]), rows: 0..<2))
    #expect(field.batch == numbered([2, 12, 2, 5]))
  }

  @Test("channels last and tokens give channel c at row r, column k what stands there")
  func rearrangement() throws {
    // More channels and pixels than a tile of the transposition has.
    let (count, rows, columns, channels, others) = (3, 5, 9, 37, 2)
    let grid = numbered([count, rows, columns, channels])
    let sequence = numbered([count, others + rows * columns, channels])
    let tokens = OutputLayout.tokens(rows: rows, columns: columns, others: others)
    let first = try #require(OutputLayout.nhwc.rearranged(grid, rows: 1..<3))
    let second = try #require(tokens.rearranged(sequence, rows: 1..<3))
    #expect(first.batch.shape == [2, channels, rows, columns] && first.firstRow == 0)
    #expect(second.batch.shape == [2, channels, rows, columns] && second.firstRow == 0)
    for n in 0..<2 {
      for c in 0..<channels {
        for r in 0..<rows {
          for k in 0..<columns {
            let target = ((n * channels + c) * rows + r) * columns + k
            let pixel = r * columns + k
            #expect(
              first.batch.scalars[target]
                == grid.scalars[((n + 1) * rows * columns + pixel) * channels + c])
            let length = others + rows * columns
            #expect(
              second.batch.scalars[target]
                == sequence.scalars[((n + 1) * length + others + pixel) * channels + c])
          }
        }
      }
    }
  }

  @Test("shapes that cannot have the order are refused")
  func misfits() {
    let tokens = OutputLayout.tokens(rows: 2, columns: 3, others: 1)
    #expect(tokens.rearrangedShape(of: [7, 4]) == [4, 2, 3])
    #expect(tokens.rearrangedShape(of: [6, 4]) == nil)
    #expect(tokens.rearrangedShape(of: [7, 2, 2]) == nil)
    #expect(OutputLayout.nchw.rearrangedShape(of: [7, 4]) == nil)
    #expect(OutputLayout.nhwc.rearrangedShape(of: [7]) == nil)
    #expect(OutputLayout.vector.rearrangedShape(of: [7, 4]) == [7, 4])
  }

  private func numbered(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, scalars: (0..<Tensor.count(of: shape)).map { Float($0) })
  }
}
