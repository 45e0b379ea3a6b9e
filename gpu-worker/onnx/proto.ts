/**
 * A protobuf message under construction: fields are appended in the order of the calls.
 * Only the wire types that ONNX uses: varints, 32-bit floats and length-delimited bytes.
 * https://protobuf.dev/programming-guides/encoding
 */
export class Message {
  #parts: Uint8Array[] = []
  #length = 0

  /** An integer field; negative values take ten bytes, as protobuf's int64 does. */
  int(field: number, value: number | bigint): this {
    return this.#append(varint(BigInt(field) << 3n), varint(BigInt(value)))
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.#append(varint((BigInt(field) << 3n) | 5n), bytes)
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#append(varint((BigInt(field) << 3n) | 2n), varint(BigInt(value.length)), value)
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode())
  }

  encode(): Uint8Array {
    const all = new Uint8Array(this.#length)
    let offset = 0
    for (const part of this.#parts) {
      all.set(part, offset)
      offset += part.length
    }
    return all
  }

  #append(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part)
      this.#length += part.length
    }
    return this
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
