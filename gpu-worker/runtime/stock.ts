import * as ort from 'onnxruntime-node'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { OpenSession, Tensor } from './session.ts'

/**
 * A session over onnxruntime-node's own binding, on the CPU. Its runs block the thread they are made on.
 * Feeds are read in place; every output is copied into a new array.
 */
export const openStockSession: OpenSession = async ({ model, weights, threads }) => {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // What goes wrong is thrown: it need not be printed too.
    logSeverityLevel: 4,
    extra: { session: { model_external_initializers_file_folder_path: weights } },
  })
  // The same feed often returns (the past of a layer): its wrapper is kept as long as it lives.
  const wrapped = new WeakMap<Tensor, ort.Tensor>()
  const wrap = (tensor: Tensor) => {
    const known = wrapped.get(tensor) ?? new ort.Tensor(tensor.dtype, tensor.data, tensor.dims)
    wrapped.set(tensor, known)
    return known
  }
  return {
    async run(feeds, fetches) {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, wrap(tensor)]))
      const outputs = await session.run(inputs, fetches)
      return fetches.map((name) => unwrap(name, outputs[name]))
    },
    dispose: () => session.release(),
  }
}

function unwrap(name: string, value: ort.InferenceSession.OnnxValueMapType[string] | undefined): Tensor {
  if (value instanceof ort.Tensor) {
    const { type, dims, data } = value
    if (type === 'float32' && data instanceof Float32Array) return { dtype: type, dims, data }
    if (type === 'int32' && data instanceof Int32Array) return { dtype: type, dims, data }
    if (type === 'int64' && data instanceof BigInt64Array) return { dtype: type, dims, data }
  }
  throw new PlumblineError('internal', `The runtime gave no tensor for ${name}; reinstall onnxruntime-node.`)
}
