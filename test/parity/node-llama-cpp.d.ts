/** The part of node-llama-cpp that the comparison uses: it is installed only to run it. */
declare module 'node-llama-cpp' {
  type EvaluateInput = number | [number, { generateNext: { logits: true } }]
  type EvaluateOutput = { next: { logits?: ReadonlyMap<number, number> } } | undefined

  export type LlamaContextSequence = {
    clearHistory(): Promise<void>
    controlledEvaluate(input: EvaluateInput[]): Promise<EvaluateOutput[]>
    evaluate(
      tokens: number[],
      options: { temperature: number; yieldEogToken: boolean },
    ): AsyncGenerator<number>
  }

  export type LlamaContext = { getSequence(): LlamaContextSequence; dispose(): Promise<void> }

  export type LlamaModel = {
    tokenize(text: string, specialTokens: boolean): number[]
    createContext(options: {
      contextSize: number
      sequences?: number
      threads: number
      flashAttention: boolean
      experimentalKvCacheKeyType?: 'F32' | 'F16'
      experimentalKvCacheValueType?: 'F32' | 'F16'
    }): Promise<LlamaContext>
    dispose(): Promise<void>
  }

  export type Llama = {
    readonly systemInfo: string
    loadModel(options: { modelPath: string }): Promise<LlamaModel>
  }

  export function getLlama(options: { gpu: false; build: 'never'; maxThreads: number }): Promise<Llama>
}
