/** ONNX's operators, as many as our layers are made of, each with the shape of what it computes. */

export * from './ops/activations.ts'
export * from './ops/elementwise.ts'
export * from './ops/indexing.ts'
export * from './ops/layout.ts'
export * from './ops/products.ts'
export * from './ops/reductions.ts'
