import * as ort from 'onnxruntime-node'

/** What a graph is fed with, and what comes out: its sizes are the runtime's own. */
export type Tensor = { readonly dims: readonly number[] } & (
  | { readonly dtype: 'float32'; readonly data: Float32Array }
  | { readonly dtype: 'int32'; readonly data: Int32Array }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array }
)

/** Runs a model once on the processor. External data is looked for in `folder`. */
export async function runModel(
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  folder = '.',
): Promise<Record<string, { dims: readonly number[]; data: number[] }>> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    extra: { session: { model_external_initializers_file_folder_path: folder } },
  })
  const inputs = Object.entries(feeds).map(
    ([name, { dtype, data, dims }]) => [name, new ort.Tensor(dtype, data, dims)] as const,
  )
  const outputs = Object.entries(await session.run(Object.fromEntries(inputs)))
  await session.release()
  return Object.fromEntries(
    outputs.map(([name, value]) => {
      if (!(value instanceof ort.Tensor)) throw new TypeError(`${name} is no tensor`)
      return [name, { dims: value.dims, data: Array.from(value.data, Number) }]
    }),
  )
}
