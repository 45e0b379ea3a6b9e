import { openLlamaSpeed } from '../../test/parity/llama-speed.ts'
import { conversations, decodeRate, prefillRate } from './replies.ts'
import { open, type Setting } from './setting.ts'
import { race } from './turns.ts'

export const PROMPT_TOKENS = 512
const REPLY_TOKENS = 64
const BATCHES = [1, 8]

/** Our best rates by what was done: `prefill 1`, `decode 8`. */
export type Rates = Record<string, number>

/** Prefill and decode through the engine beside llama.cpp on the same file, at batch 1 and 8. */
export async function measureSpeed(setting: Setting, kind: 'Q4_0' | 'F32'): Promise<Rates> {
  const path = kind === 'F32' ? setting.float32 : setting.quantised
  const engine = await open(setting, path, { precision: kind === 'F32' ? 'float32' : 'int4' })
  const rates: Rates = {}
  for (const batch of BATCHES) {
    const rivals = await Promise.all(
      [true, false].map((flashAttention) => openRival(setting, path, batch, flashAttention)),
    )
    const rows = (name: string, round: number) =>
      conversations(setting.speech, PROMPT_TOKENS, batch, `${name} ${batch} ${round}`)
    const tokens = (name: string, round: number) => rows(name, round).map((row) => setting.speech.chat(row))
    const against = `llama.cpp ${kind}`
    const settingOf = (rival: { flashAttention: boolean }) =>
      `flash attention ${rival.flashAttention ? 'on' : 'off'}`
    const prefill = await race(
      `prefill of ${PROMPT_TOKENS} tokens, batch ${batch}, ${kind}`,
      'tokens/s',
      setting.rounds,
      { name: 'ours', run: (round) => prefillRate(engine, rows('prefill', round)) },
      rivals.map((rival) => ({
        name: against,
        setting: settingOf(rival),
        run: async (round) =>
          (batch * PROMPT_TOKENS) / (await rival.llama.time(tokens('prefill', round), 0)).prefill,
      })),
    )
    const decode = await race(
      `decode, batch ${batch}, ${kind}`,
      'tokens/s',
      setting.rounds,
      { name: 'ours', run: (round) => decodeRate(engine, rows('decode', round), REPLY_TOKENS) },
      rivals.map((rival) => ({
        name: against,
        setting: settingOf(rival),
        run: async (round) => batch / (await rival.llama.time(tokens('decode', round), REPLY_TOKENS)).decode,
      })),
    )
    rates[`prefill ${batch}`] = prefill.best
    rates[`decode ${batch}`] = decode.best
    for (const { llama } of rivals) await llama.close()
  }
  await engine.close()
  return rates
}

async function openRival({ threads }: Setting, path: string, sequences: number, flashAttention: boolean) {
  const llama = await openLlamaSpeed({ path, threads, sequences, context: 1024, flashAttention })
  return { flashAttention, llama }
}
