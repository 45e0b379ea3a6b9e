import type { DType } from '../onnx/types.ts'

/** A tensor's elements in JavaScript's memory. 16-bit floats are their bit patterns. */
export type HostArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array

/** The array that holds a type's elements. */
export function hostArray(dtype: DType, buffer: ArrayBuffer): HostArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    case 'int32':
      return new Int32Array(buffer)
    case 'int64':
      return new BigInt64Array(buffer)
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer)
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer)
  }
}

/** The bytes of an array that holds elements of a type. Throws `TypeError` for an array of another type. */
export function bytesOf(dtype: DType, values: HostArray): Uint8Array {
  if (values.constructor !== hostArray(dtype, new ArrayBuffer(0)).constructor) {
    throw new TypeError(`a ${values.constructor.name} holds no ${dtype} elements`)
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
