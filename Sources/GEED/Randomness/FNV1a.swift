// SPDX-License-Identifier: MIT
// http://www.isthe.com/chongo/tech/comp/fnv (Fowler, Noll, Vo)

/// Returns the 64-bit FNV-1a hash of a text. It is the same on every platform and will not change,
/// so that a choice that is made by a name is reproducible. It is not cryptographically secure.
package func fnv1a(_ text: String) -> UInt64 {
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
