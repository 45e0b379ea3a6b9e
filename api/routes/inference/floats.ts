import * as z from 'zod'

/** How a list of numbers is sent: as JSON, or as OpenAI's Python client asks for it unless told otherwise. */
export const encodingFields = {
  encoding_format: z.enum(['float', 'base64']).nullish(),
  embed_dtype: z.literal('float32', 'must be "float32", the only type that is sent').nullish(),
  endianness: z.enum(['native', 'little'], 'must be "little", the only order that is sent').nullish(),
}

/** Numbers as JSON, or as the base64 of 32-bit little-endian floats. */
export function encodeFloats(
  values: number[],
  format: 'float' | 'base64' | null | undefined,
): number[] | string {
  if (format !== 'base64') return values
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (const [at, value] of values.entries()) view.setFloat32(at * 4, value, true)
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)))
}
