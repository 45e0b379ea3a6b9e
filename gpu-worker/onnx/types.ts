/** The element types that our graphs use, with ONNX's number for each and its size. */
export const DTYPES = {
  float32: { onnx: 1, bytes: 4 },
  uint8: { onnx: 2, bytes: 1 },
  int32: { onnx: 6, bytes: 4 },
  int64: { onnx: 7, bytes: 8 },
  bool: { onnx: 9, bytes: 1 },
  float16: { onnx: 10, bytes: 2 },
  float64: { onnx: 11, bytes: 8 },
  bfloat16: { onnx: 16, bytes: 2 },
} as const

export type DType = keyof typeof DTYPES

/** Whether a type's elements are floating-point numbers. */
export function isFloat(dtype: DType): boolean {
  return dtype.includes('float')
}

/** A fixed size, or the name of one that is known at run time: two equal names are the same size. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** A tensor in a graph: an input, a constant, or what a node computes. */
export type Value = { readonly name: string; readonly dtype: DType; readonly shape: Shape }

export type Attribute = number | string | readonly number[] | { readonly float: number }

/** Where a constant's bytes lie: a range of a file that the session maps into memory. */
export type External = { location: string; offset: number; length: number }
