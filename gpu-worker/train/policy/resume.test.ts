import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { arlRrSettings, readArlRrExample } from '../../../shared/protocol/training/arl-rr.ts'
import { judgeSettings } from '../../../shared/protocol/training/judge.ts'
import { pairwiseSettings, readPairwiseExample } from '../../../shared/protocol/training/pairwise.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { openArlRr } from '../arl-rr/open-arl-rr.ts'
import type { Ground } from '../ground.ts'
import { openRewarding } from '../judging/rewarding.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { openPairwise } from '../pairwise/open-pairwise.ts'
import { restoreMoment, snapshot } from '../run/snapshot.ts'
import { openTinyGround } from '../testing/tiny-base.ts'
import { tinyModel } from '../testing/tiny-model.ts'

/** Runs of a policy on the real engine and trainer, taken up in the middle by a process that knows only their state. */

const WORDS = ['red', 'blue', 'green']
const SMALL = {
  ...{ lora: { rank: 4, alpha: 8 }, optimiser: { learning_rate: 0.02 }, prompts: 2, group_size: 4 },
  ...{ max_new_tokens: 6, max_tokens: 64, steps: 6, kl: 0.01, seed: 5 },
}
const verified = Array.from({ length: 8 }, (_, at) => {
  const has = (value: string) => [{ kind: 'contains', values: [value] }]
  return readArlRrExample({ prompt: `say ${at}`, verifiers: { red: has('red'), blue: has('blue') } })
})
const asked = verified.map(({ prompt }) => readPairwiseExample({ prompt }))

let folder: string
const grounds: Ground[] = []
const methods: TrainingMethod[] = []
beforeAll(async () => {
  folder = await scratchFolder()
  await tinyModel(join(folder, 'model'), 1, [`say ${WORDS.join(' ')}`])
})
afterAll(async () => {
  for (const method of methods) for (const trainer of method.roles.values()) trainer.dispose()
  for (const ground of grounds) await ground.dispose()
})

const OPEN = {
  async arl_rr(ground: Ground, scratch: string): Promise<TrainingMethod> {
    const alternation = { selector: { kind: 'probe', steps: 1 } }
    const settings = parseWith(arlRrSettings, { ...SMALL, alternation, steps: 14, phase_steps: 3 })
    const rewarding = { judge: () => Promise.reject(new Error('Nobody is to be asked.')) }
    const opening = { ground, settings, scratch, rewarding, examples: verified, validation: [] }
    return (await openArlRr(opening)).method
  },
  async pairwise(ground: Ground, scratch: string): Promise<TrainingMethod> {
    const settings = parseWith(pairwiseSettings, { ...SMALL, shaping: 'graded', protocol: 'direct' })
    const rewarding = openRewarding(parseWith(judgeSettings, {}), { ground, service: null })
    return (await openPairwise({ ground, settings, scratch, rewarding, examples: asked })).method
  },
}

async function open(name: keyof typeof OPEN): Promise<TrainingMethod> {
  const ground = await openTinyGround(join(folder, 'model'))
  grounds.push(ground)
  const method = await OPEN[name](ground, join(folder, `scratch ${grounds.length}`))
  methods.push(method)
  return method
}

async function steps(method: TrainingMethod, most = Number.POSITIVE_INFINITY) {
  const reports: StepReport[] = []
  while (reports.length < most) {
    const report = await method.step(new AbortController().signal)
    if (report === null) break
    reports.push(report)
  }
  return reports.map(({ seconds: _, metrics: { tokens_per_second: __, ...metrics }, ...rest }) => ({
    ...rest,
    metrics,
  }))
}

test.each(['arl_rr', 'pairwise'] as const)('%s goes on to the last bit', async (name) => {
  const whole = await open(name)
  const expected = await steps(whole)
  expect(expected.some(({ metrics }) => Number(metrics.updates) > 0)).toBe(true)
  const first = await open(name)
  const made = await steps(first, 3)
  const second = await open(name)
  const kept = snapshot(first)
  await restoreMoment(second, { ...kept, method: JSON.parse(JSON.stringify(kept.method)) })
  expect([...made, ...(await steps(second))]).toEqual(expected)
  expect(second.roles.get('policy')?.state()).toEqual(whole.roles.get('policy')?.state())
})
