// SPDX-License-Identifier: MIT

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Archive {
  /// The content of a member of a zip file as a part of a file, so that it need not fit into memory:
  /// the archive itself if the member is not compressed, otherwise a temporary file without a name.
  ///
  /// The checksum of a member that is not compressed is not verified.
  ///
  /// - Throws: ``DataError`` for a member of more than 16 GiB that is compressed, too.
  func contents(of member: Member) throws(DataError) -> (file: DataFile, range: Range<Int>) {
    let name = "\(path)/\(member.name)"
    guard !member.isEncrypted else {
      throw .invalid(path: name, expected: "a file that is not encrypted", found: "one that is")
    }
    let header = try file.bytes(at: headerPosition(of: member), count: 30)[...]
    let start = member.range.lowerBound
    if header.number(8) == 0 {
      guard member.size <= member.range.count else {
        throw .truncated(
          path: name, expectedBytes: member.size, foundBytes: member.range.count)
      }
      return (file, start..<start + member.size)
    }
    // Deflate expands one byte to at most 1032 bytes.
    guard member.size <= 1 << 34, member.size / 1032 <= member.range.count + 1 else {
      throw .invalid(
        path: name, expected: "what \(member.range.count) bytes can hold, at most 2³⁴",
        found: "\(member.size) bytes")
    }
    return (try unpacked(member, named: name), 0..<member.size)
  }

  /// Unpacks a member to a temporary file.
  private func unpacked(_ member: Member, named name: String) throws(DataError) -> DataFile {
    let reader = try ArchiveReader(
      file, headerPosition(of: member)..<member.range.upperBound, format: .zipMember, named: name,
      blockSize: 1 << 16)
    guard try reader.next() != nil else {
      throw .invalid(path: name, expected: "a file's header", found: "none")
    }
    let descriptor = try openUnnamedTemporaryFile()
    var count = 0
    do throws(DataError) {
      var chunk: [UInt8]
      repeat {
        chunk = try reader.bytes(atMost: 1 << 18)
        count += chunk.count
        guard count <= member.size else { break }
        guard writeAll(chunk, to: descriptor) else {
          throw DataError.system(
            path: name, operation: "write the unpacked bytes of", reason: lastSystemError())
        }
      } while chunk.count == 1 << 18
      guard count == member.size else {
        throw DataError.invalid(
          path: name, expected: "\(member.size) bytes as listed",
          found: count < member.size ? "\(count)" : "more")
      }
    } catch {
      close(descriptor)
      throw error
    }
    return try DataFile(owning: descriptor, path: name)
  }
}
