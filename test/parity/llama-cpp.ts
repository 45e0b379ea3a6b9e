import { getLlama } from 'node-llama-cpp'
import { logSoftmax } from '../../gpu-worker/generate/sampler.ts'

/** llama.cpp with one model file: the independent implementation that ours is held against. */
export type LlamaCpp = {
  tokenize(text: string): number[]
  /** Teacher forcing: log-probabilities over the vocabulary after each of the tokens, one after the other. */
  logprobs(tokens: number[]): AsyncGenerator<Float32Array>
  close(): Promise<void>
}

/** Positions whose logits are fetched together: they arrive as maps of the whole vocabulary. */
const AT_ONCE = 16

/** On the CPU, with keys and values in float32 and plain attention, as ours are. */
export async function openLlamaCpp(path: string, vocabulary: number, threads: number): Promise<LlamaCpp> {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: threads })
  const model = await llama.loadModel({ modelPath: path })
  const context = await model.createContext({
    contextSize: 2048,
    threads,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  })
  const sequence = context.getSequence()

  return {
    tokenize: (text) => model.tokenize(text, false),
    async *logprobs(tokens) {
      await sequence.clearHistory()
      for (let from = 0; from < tokens.length; from += AT_ONCE) {
        const part = tokens.slice(from, from + AT_ONCE)
        const outputs = await sequence.controlledEvaluate(
          part.map((token) => [token, { generateNext: { logits: true } }]),
        )
        for (const output of outputs) {
          const logits = new Float32Array(vocabulary)
          for (const [token, logit] of output?.next.logits ?? []) logits[token] = logit
          yield logSoftmax(logits)
        }
      }
    },
    async close() {
      await context.dispose()
      await model.dispose()
    },
  }
}
