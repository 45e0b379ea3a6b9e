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
