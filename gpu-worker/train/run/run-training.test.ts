import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { lastCheckpoint } from '../checkpoint/training-checkpoint.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { type RunEvent, type RunOptions, runTraining } from './run-training.ts'

const folder = await scratchFolder()
let made = 0

/** A method that counts its steps, in its state and in its trainer's; `during` happens in the middle of each. */
function counting(total: number, during: (step: number) => void = () => {}) {
  const trainer = scriptedTrainer(() => -1)
  let count = 0
  const method: TrainingMethod = {
    roles: new Map([['policy', trainer]]),
    total,
    async step() {
      if (count === total) return null
      await trainer.update([], { kind: 'supervised' })
      count++
      during(count)
      return report(count)
    },
    state: () => ({ count }),
    async restore(state) {
      if (typeof state === 'object' && state !== null && 'count' in state) count = Number(state.count)
    },
  }
  return { method, trainer, count: () => count }
}

function report(step: number): StepReport {
  const seconds = { rollout: 0, reward: 0, update: 0 }
  return { step, phase: 'policy', metrics: { loss: 1 / step, kl: null }, samples: [], seconds }
}

async function run(
  method: TrainingMethod,
  options: Partial<RunOptions> & { pauseAfter?: number; cancelAfter?: number } = {},
) {
  const events: RunEvent[] = []
  const [pause, cancel] = [new AbortController(), new AbortController()]
  const { pauseAfter, cancelAfter, ...rest } = options
  const place = rest.folder ?? join(folder, String(made++))
  const running = runTraining({
    ...{ method, config: { seed: 1, rate: 0.1 }, trainedOn: { model: 'aa' } },
    ...{ checkpointEvery: 2, keepCheckpoints: 2, pause: pause.signal, cancel: cancel.signal },
    ...rest,
    folder: place,
    onEvent: (event) => {
      events.push(event)
      if (event.kind !== 'step') return
      if (event.report.step === pauseAfter) pause.abort()
      if (event.report.step === cancelAfter) cancel.abort()
    },
  })
  return { place, events, result: await running.catch((error: unknown) => error) }
}

const stepsIn = async (place: string) => {
  const text = await readFile(join(place, 'metrics.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line): number => JSON.parse(line).step)
}
const lastStep = async (place: string) => (await lastCheckpoint(join(place, 'checkpoints')))?.checkpoint.step
const checkpoints = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.kind === 'checkpoint' ? [event.step] : []))

test('a run says its steps, keeps checkpoints and saves what was trained', async () => {
  const { place, events, result } = await run(counting(5).method)
  expect(result).toEqual({
    outcome: 'finished',
    step: 5,
    adapters: new Map([['policy', join(place, 'adapters', 'policy')]]),
  })
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
  expect(checkpoints(events)).toEqual([2, 4, 5])
  const again = await run(counting(5).method, { folder: place })
  expect(again.result).toEqual(result)
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
})

test('a paused run goes on behind its last step', async () => {
  const { place, result, events } = await run(counting(5).method, { pauseAfter: 3 })
  expect(result).toMatchObject({ outcome: 'paused', step: 3 })
  expect(checkpoints(events)).toEqual([2, 3])
  const next = counting(5)
  const resumed = await run(next.method, { folder: place })
  expect(resumed.events[0]).toEqual({ kind: 'resumed', step: 3, refused: [] })
  expect(resumed.result).toMatchObject({ outcome: 'finished', step: 5 })
  expect(next.trainer.updates).toBe(5)
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
})

test('a cancelled run ends at once, in the middle of a step too, and keeps what it had', async () => {
  const { place, result } = await run(counting(5).method, { cancelAfter: 3 })
  expect(result).toMatchObject({ outcome: 'cancelled', step: 3 })
  expect(await lastStep(place)).toBe(2)
  const cancel = new AbortController()
  const within = counting(5, (step) => {
    if (step !== 4) return
    cancel.abort()
    throw cancel.signal.reason
  })
  expect((await run(within.method, { cancel: cancel.signal })).result).toMatchObject({
    outcome: 'cancelled',
    step: 3,
  })
})

test('steps behind the last checkpoint are made again, and are in the metrics once', async () => {
  const { place } = await run(counting(5).method, { cancelAfter: 3 })
  expect(await stepsIn(place)).toEqual([1, 2, 3])
  await appendFile(join(place, 'metrics.jsonl'), '{"step":4,"torn')
  await run(counting(5).method, { folder: place })
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
})

test('a run without checkpoints begins anew, and one whose metrics are lost goes on', async () => {
  const { place } = await run(counting(5).method, { cancelAfter: 3 })
  await rm(join(place, 'metrics.jsonl'))
  await run(counting(5).method, { folder: place })
  expect(await stepsIn(place)).toEqual([3, 4, 5])
  await rm(join(place, 'checkpoints'), { recursive: true })
  await run(counting(5).method, { folder: place })
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
})

test('a step that fails keeps the state before it and says which it was', async () => {
  const sick = counting(9, (step) => {
    if (step === 6) throw new PlumblineError('not_finite', 'The loss of update 6 is not a finite number.')
  })
  const { place, result } = await run(sick.method, { checkpointEvery: 0 })
  expect(result).toMatchObject({ code: 'not_finite', message: expect.stringMatching(/^Step 6: The loss of/) })
  expect(sick.count()).toBe(5)
  expect(sick.trainer.updates).toBe(5)
  const kept = (await lastCheckpoint(join(place, 'checkpoints')))?.checkpoint
  expect(kept).toMatchObject({ step: 5, method: { count: 5 } })
  expect(kept?.roles.get('policy')?.updates).toBe(5)
  const well = counting(9)
  expect((await run(well.method, { folder: place })).result).toMatchObject({ outcome: 'finished', step: 9 })
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a torn checkpoint is told of, and the one before it taken', async () => {
  const { place } = await run(counting(5).method, { cancelAfter: 5 })
  await writeFile(join(place, 'checkpoints', 'step-00000004', 'checkpoint.json'), '{}')
  const { events } = await run(counting(5).method, { folder: place })
  expect(events[0]).toMatchObject({
    kind: 'resumed',
    step: 2,
    refused: [expect.stringContaining('step-00000004')],
  })
  expect(await stepsIn(place)).toEqual([1, 2, 3, 4, 5])
})

test.for<[Partial<RunOptions>, string]>([
  [{ config: { seed: 2, rate: 0.1 } }, 'seed'],
  [{ config: { seed: 1 } }, 'rate'],
  [{ trainedOn: { model: 'bb' } }, 'model'],
  [{ trainedOn: { model: 'aa', training_file: 'x' } }, 'training_file'],
])('%o: the folder holds another run', async ([other, field]) => {
  const { place } = await run(counting(3).method, { pauseAfter: 1 })
  const { result } = await run(counting(3).method, { folder: place, ...other })
  expect(result).toMatchObject({ code: 'invalid_request', param: field })
  expect(await lastStep(place)).toBe(1)
})
