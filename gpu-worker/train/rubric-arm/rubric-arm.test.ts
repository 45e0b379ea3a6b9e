import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { type Ground, openGround } from '../ground.ts'
import type { StepReport } from '../method.ts'
import { labelledPairs } from '../testing/tiny-arm.ts'
import { rubricText, TINY_FORM } from '../testing/tiny-form.ts'
import { REQUESTS } from '../testing/tiny-language.ts'
import { tinyModel } from '../testing/tiny-model.ts'
import type { TrainerState } from '../trainer.ts'
import { openRubricArm } from './open-rubric-arm.ts'
import type { RubricArm } from './rubric-arm.ts'

const none = new AbortController().signal
let folder: string
let ground: Ground
beforeAll(async () => {
  folder = await scratchFolder()
  const texts = PAIRS.flatMap(({ prompt, responses }) => [prompt[0]?.content ?? '', ...responses])
  await tinyModel(join(folder, 'model'), 1, [
    ...texts,
    'rubric for',
    'judge by says',
    'says',
    'A yes B no winner A',
  ])
  const options = { reference: `file:${join(folder, 'model')}`, home: folder, threads: 2 }
  ground = await openGround(options, () => {}, none)
})
afterAll(() => ground.dispose())

/** Each with a rubric and a judgment of somebody who guesses. */
const PAIRS: LabelledPair[] = labelledPairs(REQUESTS, 80, 3).map(({ prompt, responses, winner }, index) => {
  const colour = ['blue', 'green', 'red'][index % 3] ?? ''
  const text = `A yes B no winner ${winner === 'first' ? 'A' : 'B'}`
  return {
    ...{ id: null, prompt: [{ role: 'user', content: prompt }], responses, winner },
    trajectory: { rubric: rubricText(colour), text, order: 'forward' },
  }
})

const role = { prompts: 6, group_size: 4, kl: 0.05, inner_iterations: 2 }
const SETTINGS = {
  full: true,
  parts: 2,
  seed: 4,
  max_tokens: 256,
  optimiser: { learning_rate: 1e-3 },
  judge: { ...role, steps: 2, max_new_tokens: 10 },
  generator: { ...role, steps: 2, max_new_tokens: 4 },
  warm_up: {
    judge: { epochs: 6, batch_size: 16, learning_rate: 5e-3 },
    generator: { epochs: 12, batch_size: 16, learning_rate: 5e-3 },
  },
}

let runs = 0
async function open(settings: object = {}): Promise<RubricArm> {
  const { method } = await openRubricArm({
    ground,
    settings: rubricArmSettings.parse({ ...SETTINGS, ...settings }),
    pairs: PAIRS,
    scratch: join(folder, `run-${runs++}`),
    form: TINY_FORM,
  })
  return method
}

/** What doesn't depend on the clock. */
function lasting({ seconds: _, metrics, ...report }: StepReport) {
  const { tokens_per_second: _speed, generator_tokens_per_second: _other, ...figures } = metrics
  return { ...report, figures }
}

async function steps(method: RubricArm, count = Number.POSITIVE_INFINITY) {
  const reports = []
  while (reports.length < count) {
    const report = await method.step(none)
    if (!report) break
    reports.push(lasting(report))
  }
  return reports
}

/** A checkpoint as it lies on a disk. */
const kept = (method: RubricArm) => ({
  method: JSON.parse(JSON.stringify(method.state())),
  roles: new Map(Array.from(method.roles, ([name, trainer]) => [name, trainer.state()])),
})

async function takenUp({ method: state, roles }: ReturnType<typeof kept>, rolesFirst: boolean) {
  const method = await open()
  const restoreRoles = () => {
    for (const [name, trainer] of method.roles) trainer.restore(roles.get(name) ?? fail())
  }
  if (rolesFirst) restoreRoles()
  await method.restore(state)
  if (!rolesFirst) restoreRoles()
  return method
}

function fail(): TrainerState {
  throw new Error('a role is missing')
}

describe('a run of Rubric-ARM', () => {
  test('goes on bit for bit from any step, taken up by another', { timeout: 60_000 }, async () => {
    const whole = await open()
    const checkpoints = [kept(whole)]
    const reports = []
    for (;;) {
      const [report] = await steps(whole, 1)
      if (!report) break
      reports.push(report)
      checkpoints.push(kept(whole))
    }
    const phases = reports.map(({ phase }) => phase)
    const begins = phases.flatMap((phase, at) => (phase === phases[at - 1] ? [] : [[at, phase]]))
    expect(begins.map(([, phase]) => phase)).toEqual([
      ...['warm_up_generator', 'warm_up_judge', 'judge', 'generator', 'judge', 'generator'],
    ])
    expect(whole.total).toBe(reports.length)
    expect(reports.at(-1)?.step).toBe(reports.length)
    const alternation = reports.filter(({ phase }) => !phase.startsWith('warm_up'))
    expect(alternation.some(({ figures }) => (figures.updates ?? 0) > 0)).toBe(true)

    const first = phases.indexOf('judge')
    for (const at of [3, first - 1, first, first + 1, first + 2, first + 4, reports.length - 1]) {
      const checkpoint = checkpoints[at] ?? kept(whole)
      const method = await takenUp(checkpoint, at % 2 === 0)
      const count = at === first ? Number.POSITIVE_INFINITY : 2
      expect(await steps(method, count)).toEqual(reports.slice(at, at + count))
      const then = checkpoints[Math.min(at + count, reports.length)]
      expect(kept(method)).toEqual(then)
      method.dispose()
    }
    whole.dispose()
  })

  test('holds the divergence to each role after its warm-up', async () => {
    const method = await open({ warm_up: { judge: { epochs: 2 }, generator: { epochs: 0 } } })
    const before = method.total - 8
    await steps(method, before)
    const warm = method.roles.get('judge')?.state().parameters
    await steps(method, 3)
    const { references } = kept(method).method
    expect(references.generator).toBeNull()
    expect(
      Buffer.from(references.judge, 'base64').equals(Buffer.from(warm?.buffer ?? new ArrayBuffer())),
    ).toBe(true)
    method.dispose()
  })

  test.each([
    ['generator_first', ['generator', 'generator', 'judge', 'judge']],
    ['judge_only', ['judge', 'judge', 'judge', 'judge']],
    ['simultaneous', ['both', 'both']],
  ] as const)('trains in another order: %s', async (order, phases) => {
    const method = await open({ order, parts: 1 })
    const reports = (await steps(method)).filter(({ phase }) => !phase.startsWith('warm_up'))
    expect(reports.map(({ phase }) => phase)).toEqual(phases)
    if (order === 'judge_only') {
      expect(reports.map(({ figures }) => figures.completions)).toEqual([24, 24, 48, 48])
      expect(kept(method).roles.get('generator')?.updates).toBe(0)
    }
    if (order === 'simultaneous') {
      expect(reports.at(-1)?.figures).toHaveProperty('generator_reward')
      expect(reports.at(-1)?.figures).toHaveProperty('reward')
    }
    method.dispose()
  })
})

describe('what a run is opened on', () => {
  test('leaves out what is too long or has nothing to tell apart, and counts it', async () => {
    const [first] = PAIRS
    if (!first) throw new Error('no pair')
    const equal = { ...first, responses: ['the red cow eats', 'the red cow eats'] satisfies [string, string] }
    const long = { ...first, responses: [`the ${'red '.repeat(200)}`, 'no'] satisfies [string, string] }
    const settings = rubricArmSettings.parse({ ...SETTINGS, text_tokens: 40 })
    const pairs = [...PAIRS, equal, long, long]
    const scratch = join(folder, 'left-out')
    const { method, leftOut } = await openRubricArm({ ground, settings, pairs, scratch, form: TINY_FORM })
    expect(leftOut).toMatchObject({ equal: 1, tooLong: 2 })
    method.dispose()
    await expect(
      openRubricArm({ ground, settings, pairs: [equal, long], scratch, form: TINY_FORM }),
    ).rejects.toMatchObject({ code: 'invalid_request', param: 'training_file' })
  })
})
