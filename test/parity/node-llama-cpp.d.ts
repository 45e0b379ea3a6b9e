/** The part of node-llama-cpp that the comparison uses: it is installed only to run it. */
declare module 'node-llama-cpp' {
  type Token = number & { readonly __token: never }
  type EvaluateInput = Token | [Token, { generateNext: { logits: true } }]
  type EvaluateOutput = { next: { logits?: ReadonlyMap<Token, number> } } | undefined

  export type LlamaContextSequence = {
    clearHistory(): Promise<void>
    controlledEvaluate(input: EvaluateInput[]): Promise<EvaluateOutput[]>
    evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void>
    evaluate(tokens: Token[], options: { temperature: number; yieldEogToken: boolean }): AsyncGenerator<Token>
  }

  export type LlamaContext = { getSequence(): LlamaContextSequence; dispose(): Promise<void> }

  export type LlamaModel = {
    tokenize(text: string, specialTokens: boolean): Token[]
    createContext(options: {
      contextSize: number
      threads: number
      batchSize?: number
      flashAttention: boolean
      experimentalKvCacheKeyType: 'F32' | 'F16'
      experimentalKvCacheValueType: 'F32' | 'F16'
    }): Promise<LlamaContext>
    dispose(): Promise<void>
  }

  export type Llama = { loadModel(options: { modelPath: string }): Promise<LlamaModel> }

  export function getLlama(options: { gpu: false; build: 'never'; maxThreads: number }): Promise<Llama>
}
