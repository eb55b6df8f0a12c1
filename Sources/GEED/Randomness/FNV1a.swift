// SPDX-License-Identifier: MIT
// http://www.isthe.com/chongo/tech/comp/fnv (Fowler, Noll, Vo)

/// The 64-bit FNV-1a hash of a text: the same on every platform and for good, so that what is chosen
/// by a name stays chosen. It is no protection against anyone.
package func fnv1a(_ text: String) -> UInt64 {
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
