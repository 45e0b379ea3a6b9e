/** How weights are kept and multiplied. 16-bit floats need CUDA to be fast. */
export const PRECISIONS = ['float32', 'float16', 'bfloat16', 'int8', 'int4'] as const
export type Precision = (typeof PRECISIONS)[number]

/** A part of a planned weight: a tensor of the checkpoint, and what is done to it on the way. */
export type WeightPart = {
  tensor: string
  /**
   * Rows of this many heads are stored with the two channels that rotate together as neighbours (GGUF's llama):
   * each head's rows are put back into two halves.
   */
  neighbouringHeads?: number
  /** Added to every element (gemma's norms scale by 1 + w in safetensors). */
  plus?: number
}

/** A weight of the decoder graph, made of rows of the checkpoint's tensors, one part after the other. */
export type PlannedWeight = {
  name: string
  shape: readonly number[]
  /**
   * A linear layer's matrix takes the model's precision, the head's too, which never has four bits of floats; an
   * embedding table and vectors stay floats.
   */
  role: 'linear' | 'head' | 'embedding' | 'vector'
  parts: readonly WeightPart[]
}
