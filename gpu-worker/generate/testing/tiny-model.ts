import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decoderConfig } from '../../nn/decoder-config.ts'
import { type DecoderModel, decoderModel } from '../../nn/decoder-model.ts'
import { writeTinyFolder } from '../../nn/testing/tiny-folder.ts'
import { TINY_MODELS, TINY_VOCABULARY, type TinyName } from '../../nn/testing/tiny-models.ts'
import { weightPlan } from '../../nn/weight-plan.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice, type RuntimeName } from '../../runtime/open-device.ts'
import { createConstraintCompiler } from '../../text/constrained/compiler.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import { storeWeights } from '../../weights/store/store-weights.ts'
import type { ChooseRequest, GenerateEvent, GenerateRequest } from '../engine.ts'
import { contextWithin } from '../kv/kv-budget.ts'
import { Model, type ModelLimits } from '../model.ts'

export type TinyOptions = {
  name?: TinyName
  runtime?: RuntimeName
  context?: number
  limits?: Partial<ModelLimits>
  /** Letters that end a reply; none by default, so that replies are as long as asked for. */
  ends?: string
}

const LIMITS: ModelLimits = {
  kvBytes: 1 << 28,
  cacheBytes: 1 << 26,
  maxBatch: 16,
  pack: 64,
  scoreBatch: 2048,
}

export type TinyReply = { ids: number[]; logprobs: number[]; text: string; cached: number; finish: string }

/** A model of a few thousand weights whose tokens are the 64 characters from @ on, with its requests made short. */
export class TinyModel {
  readonly model: Model
  readonly #device: Device
  readonly #folder: string

  private constructor(model: Model, device: Device, folder: string) {
    this.model = model
    this.#device = device
    this.#folder = folder
  }

  static async open(options: TinyOptions = {}): Promise<TinyModel> {
    const { name = 'llama', runtime = 'capi', context = 1024, ends = '' } = options
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-tiny-'))
    const { config: sizes, gguf } = TINY_MODELS[name]
    await writeTinyFolder(folder, { config: { ...sizes, max_position_embeddings: context }, gguf })
    const checkpoint = await readCheckpoint({ path: folder })
    const config = decoderConfig(checkpoint, null)
    const limits = { ...LIMITS, ...options.limits }
    const kvShape = { ...config, dtype: 'float32' as const }
    const plan = weightPlan(config, checkpoint)
    const store = await storeWeights(checkpoint, plan, 'float32', join(folder, 'store'), () => {})
    const device = await openDevice({ provider: 'cpu', threads: 1, runtime })
    const decoder = decoderModel(config, store, { lora: false, tree: true })
    const openSession = ({ model, initializers }: DecoderModel) =>
      device.openSession({ model, weights: { path: store.path, initializers } })
    const tokenizer = letters(ends)
    const opened = new Model({
      device,
      session: await openSession(decoder),
      openAdapted: () => openSession(decoderModel(config, store, { lora: true, tree: true })),
      config: { ...config, context: contextWithin(limits.kvBytes, kvShape, config.context) },
      type: decoder.type,
      tokenizer,
      chat: (messages) => tokenizer.encode(messages.map(({ content }) => content).join('')),
      constraints: createConstraintCompiler(tokenizer),
      limits,
    })
    return new TinyModel(opened, device, folder)
  }

  async write(
    content: string,
    options: Partial<GenerateRequest> = {},
    onStart: () => void = () => {},
  ): Promise<TinyReply> {
    const reply: TinyReply = { ids: [], logprobs: [], text: '', cached: 0, finish: '' }
    const onEvent = (event: GenerateEvent) => {
      reply.text += event.text
      if (event.type === 'token') {
        reply.ids.push(event.token.id)
        reply.logprobs.push(event.token.logprob)
      } else {
        reply.cached = event.tokens.cached
        reply.finish = event.finish
      }
    }
    const defaults = { maxTokens: 16, temperature: 0, topP: 1, seed: 0, stop: [], topLogprobs: 0 }
    const messages = [{ role: 'user' as const, content }]
    await this.model.generate({ messages, ...defaults, ...options }, onStart, onEvent)
    return reply
  }

  choose(
    content: string,
    choices: string[],
    options: Partial<ChooseRequest> = {},
    onStart: () => void = () => {},
  ) {
    return this.model.choose({ messages: [{ role: 'user', content }], choices, ...options }, onStart)
  }

  async dispose(): Promise<void> {
    await this.model.dispose()
    this.#device.dispose()
    await rm(this.#folder, { recursive: true })
  }
}

/** Every character is a token. */
function letters(ends: string): Tokenizer {
  const id = (letter: string) => (letter.charCodeAt(0) - 0x40) % TINY_VOCABULARY
  return {
    vocabulary: TINY_VOCABULARY,
    control: new Map(),
    longest: 1,
    ends: new Set(Array.from(ends, id)),
    encode: (text) => Array.from(text, id),
    bytes: (token) => Uint8Array.of(0x40 + token),
    isControl: () => false,
  }
}

/** Letters without a pattern, others for each seed. */
export function letterNoise(length: number, seed: number): string {
  let state = seed * 2654435761 + 1
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return String.fromCharCode(0x40 + ((state >>> 16) % TINY_VOCABULARY))
  }).join('')
}
