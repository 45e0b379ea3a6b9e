const BYTE = /^<0x([0-9A-F]{2})>$/

/** The bytes that a SentencePiece token writes: `<0x0A>` is one byte, the low line of its alphabet a space. */
export function bytesOfPiece(token: string): Uint8Array {
  const [, byte] = BYTE.exec(token) ?? []
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16))
  return new TextEncoder().encode(token.replaceAll('\u2581', ' '))
}
