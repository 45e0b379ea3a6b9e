import { openLlamaSpeed } from '../../test/parity/llama-speed.ts'
import { conversations, decodeRate, longConversations, prefillRate } from './replies.ts'
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
      [true, false].map((flashAttention) => openRival(setting, kind, batch, flashAttention)),
    )
    const fresh = (round: number) => conversations(setting.speech, PROMPT_TOKENS, batch, `${batch} ${round}`)
    const long = await longConversations(engine, setting.speech, PROMPT_TOKENS, batch, REPLY_TOKENS)
    const prefill = await race(
      `prefill of ${PROMPT_TOKENS} tokens, batch ${batch}, ${kind}`,
      'tokens/s',
      setting.rounds,
      { name: 'ours', run: (round) => prefillRate(engine, fresh(round)) },
      rivals.map(({ llama, ...rival }) => ({
        ...rival,
        run: async (round) => {
          const { prefill } = await llama.time(
            fresh(round).map((messages) => setting.speech.chat(messages)),
            0,
          )
          return (batch * PROMPT_TOKENS) / prefill
        },
      })),
    )
    const decode = await race(
      `decode, batch ${batch}, ${kind}`,
      'tokens/s',
      setting.rounds,
      { name: 'ours', run: () => decodeRate(engine, long, REPLY_TOKENS) },
      rivals.map(({ llama, ...rival }) => ({
        ...rival,
        run: async () =>
          batch /
          (
            await llama.time(
              long.map((messages) => setting.speech.chat(messages)),
              REPLY_TOKENS,
            )
          ).decode,
      })),
    )
    rates[`prefill ${batch}`] = prefill.best
    rates[`decode ${batch}`] = decode.best
    for (const { llama } of rivals) await llama.close()
  }
  await engine.close()
  return rates
}

async function openRival(
  { threads, float32, quantised }: Setting,
  kind: 'Q4_0' | 'F32',
  sequences: number,
  flashAttention: boolean,
) {
  const path = kind === 'F32' ? float32 : quantised
  const llama = await openLlamaSpeed({ path, threads, sequences, context: 1024, flashAttention })
  return { name: `llama.cpp ${kind}`, setting: `flash attention ${flashAttention ? 'on' : 'off'}`, llama }
}
