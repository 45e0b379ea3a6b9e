import { getLlama, type Llama, type LlamaContextSequence } from 'node-llama-cpp'

/** Seconds from the start of all prompts to all first tokens, and of each step that gives every row a token more. */
export type Times = { prefill: number; decode: number }

/** llama.cpp with one model file and several sequences in one context: what our engine's speed is held against. */
export type LlamaSpeed = {
  /** What of the processor it was built for. */
  systemInfo: string
  /** Greedy replies of `count` tokens to all prompts at once; each prompt is evaluated from nothing. */
  time(prompts: readonly number[][], count: number): Promise<Times>
  /** Seconds to evaluate one prompt from nothing and pick the likeliest next token. */
  ask(prompt: number[]): Promise<number>
  close(): Promise<void>
}

export type LlamaSpeedOptions = {
  path: string
  threads: number
  sequences: number
  /** Tokens a sequence may have. */
  context: number
  flashAttention: boolean
}

let shared: Promise<Llama> | undefined

/** On the CPU, with keys and values as llama.cpp keeps them by default. */
export async function openLlamaSpeed(options: LlamaSpeedOptions): Promise<LlamaSpeed> {
  const { path, threads, sequences: count, context: contextSize, flashAttention } = options
  shared ??= getLlama({ gpu: false, build: 'never', maxThreads: threads })
  const llama = await shared
  const model = await llama.loadModel({ modelPath: path })
  const context = await model.createContext({ contextSize, sequences: count, threads, flashAttention })
  const sequences = Array.from({ length: count }, () => context.getSequence())

  async function begin(prompts: readonly number[][]) {
    const used = prompts.map((prompt, row) => [prompt, sequenceAt(sequences, row)] as const)
    for (const [, sequence] of used) await sequence.clearHistory()
    const start = performance.now()
    const rows = used.map(([prompt, sequence]) =>
      sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true }),
    )
    await Promise.all(rows.map((row) => row.next()))
    return { rows, prefill: (performance.now() - start) / 1000 }
  }

  return {
    systemInfo: llama.systemInfo,
    async time(prompts, tokens) {
      const { rows, prefill } = await begin(prompts)
      const start = performance.now()
      await Promise.all(
        rows.map(async (row) => {
          for (let i = 0; i < tokens; i++) await row.next()
        }),
      )
      const decode = (performance.now() - start) / 1000 / tokens
      for (const row of rows) await row.return(undefined)
      return { prefill, decode }
    },
    async ask(prompt) {
      const { rows, prefill } = await begin([prompt])
      for (const row of rows) await row.return(undefined)
      return prefill
    },
    async close() {
      await context.dispose()
      await model.dispose()
    },
  }
}

function sequenceAt(sequences: readonly LlamaContextSequence[], row: number): LlamaContextSequence {
  const sequence = sequences[row]
  if (!sequence)
    throw new Error(`llama.cpp was opened with ${sequences.length} sequences; open it with more.`)
  return sequence
}
