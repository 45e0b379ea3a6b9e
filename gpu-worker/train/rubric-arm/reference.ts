/**
 * The parameters that a role's divergence is taken from, and how a checkpoint keeps them; null stands for the frozen
 * decoder without any training.
 */
export type Reference = { parameters: Float32Array | null; kept: string | null }

/** Turned to text once, since the state of a run is asked for at every step. */
export function referenceTo(parameters: Float32Array | null): Reference {
  if (parameters === null) return { parameters, kept: null }
  const { buffer, byteOffset, byteLength } = parameters
  return { parameters, kept: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }
}

export function referenceFrom(kept: string | null): Reference {
  if (kept === null) return { parameters: null, kept }
  const bytes = Uint8Array.from(Buffer.from(kept, 'base64'))
  return { parameters: new Float32Array(bytes.buffer), kept }
}
