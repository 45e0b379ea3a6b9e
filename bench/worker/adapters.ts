import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import { writeRandomAdapter } from '../models/random-adapter.ts'
import { conversations, decodeRate, longConversations, prefillRate } from './replies.ts'
import { open, type Setting } from './setting.ts'
import { race } from './turns.ts'

const RANK = 16
const PROMPT_TOKENS = 512
const REPLY_TOKENS = 64

/** Prefill and decode with a LoRA adapter on all seven sites beside the same engine without. */
export async function measureAdapters(setting: Setting): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-adapter-'))
  const { tensors } = await readCheckpoint({ path: setting.quantised })
  await writeRandomAdapter(
    folder,
    new Map(Array.from(tensors, ([name, { shape }]) => [name, shape])),
    RANK,
    1,
  )
  const engine = await open(setting, setting.quantised, { precision: 'int4' })
  const adapter = 'random'
  await engine.loadAdapter(adapter, folder)
  const rivals = (name: string, run: (round: number) => Promise<number>) => [{ name, run }]
  for (const batch of [1, 8]) {
    const fresh = (name: string, round: number) =>
      conversations(setting.speech, PROMPT_TOKENS, batch, `${name} ${batch} ${round}`)
    const long = await longConversations(engine, setting.speech, PROMPT_TOKENS, batch, REPLY_TOKENS)
    const without = 'the same engine without an adapter'
    const title = `with a LoRA adapter of rank ${RANK}, batch ${batch}, Q4_0`
    await race(
      `prefill ${title}`,
      'tokens/s',
      setting.rounds,
      { name: 'with', run: (round) => prefillRate(engine, fresh('with', round), { adapter }) },
      rivals(without, (round) => prefillRate(engine, fresh('without', round))),
    )
    await race(
      `decode ${title}`,
      'tokens/s',
      setting.rounds,
      { name: 'with', run: () => decodeRate(engine, long, REPLY_TOKENS, { adapter }) },
      rivals(without, () => decodeRate(engine, long, REPLY_TOKENS)),
    )
  }
  await engine.close()
  await rm(folder, { recursive: true })
}
