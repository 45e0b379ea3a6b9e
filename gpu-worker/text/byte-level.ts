/**
 * Byte-level BPE spells each byte as one printable character: printable Latin-1 stands for itself, the other
 * bytes in order for U+0100 onwards.
 */
const BYTE_OF = new Map<string, number>()
let next = 0x100
for (let byte = 0; byte < 256; byte++) {
  const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)
  BYTE_OF.set(String.fromCharCode(printable ? byte : next++), byte)
}

/** The bytes that a byte-level token writes. A character outside the alphabet writes itself in UTF-8. */
export function bytesOfToken(token: string): Uint8Array {
  const encoder = new TextEncoder()
  return Uint8Array.from(
    Array.from(token).flatMap((character) => {
      const byte = BYTE_OF.get(character)
      return byte === undefined ? [...encoder.encode(character)] : [byte]
    }),
  )
}
