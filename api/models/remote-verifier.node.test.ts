import { afterEach, expect, it } from 'vitest'
import { fakeEngine } from '../../gpu-worker/testing/fake-engine.ts'
import { startWorker, type Worker } from '../../gpu-worker/worker.ts'
import { answerVerify } from '../../shared/verify/answer.ts'
import type { Program, Sandbox } from '../../shared/verify/sandbox.ts'
import { openTestApp } from '../testing/test-app.ts'
import { parseModels } from './model-config.ts'
import { withWorkers } from './remote-verifier.ts'

const SECRET = 'hush'
const workers: Worker[] = []
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
})

/** A worker whose Python prints what it was given to run. */
async function workerWithPython() {
  const programs: Program[] = []
  const sandbox: Sandbox = {
    languages: ['python'],
    async run(program) {
      programs.push(program)
      const said = { stdout: program.source, stderr: '', finished: false, value: null }
      return { ended: 'exit', status: 0, milliseconds: 1, ...said }
    },
  }
  const worker = await startWorker({ engine: fakeEngine(), port: 0, secret: SECRET, sandbox })
  workers.push(worker)
  return { worker, programs }
}

const verifiers = [
  { kind: 'contains', values: ['print'] },
  {
    kind: 'not',
    of: { kind: 'code', language: 'python', tests: [{ stdin: '1', expected_stdout: 'no' }] },
  },
]

const modelsOf = (url: string) =>
  JSON.stringify([{ id: 'w', base_url: `${url}/v1`, model: 'm', judges: 'there', sandbox: ['python'] }])

/** As the edge checks with such an entry, over real calls to the worker. */
async function verifyAt(url: string) {
  const local: Sandbox = { languages: ['javascript'], run: () => Promise.reject(new Error('not here')) }
  const sandbox = withWorkers(local, parseModels({ PLUMBLINE_MODELS: modelsOf(url) }), {
    fetch: (to, init) => fetch(to, init),
    environment: (name) => (name === 'PLUMBLINE_SECRET' ? SECRET : undefined),
  })
  return (await answerVerify({ response: 'print(1)', verifiers }, sandbox)).data
}

it('a worker that runs the language makes the check, wherever it stands in another', async () => {
  const { worker, programs } = await workerWithPython()
  const [contains, not] = await verifyAt(worker.url)
  expect(contains).toMatchObject({ passed: true })
  expect(not).toMatchObject({ kind: 'not', passed: true, received: 'test 1 of 1: it printed "print(1)"' })
  expect(programs).toMatchObject([{ source: 'print(1)', stdin: '1' }])
})

it('a worker that can not be reached can not tell, and the rest is told', async () => {
  const { worker } = await workerWithPython()
  await worker.close()
  workers.length = 0
  const [contains, not] = await verifyAt(worker.url)
  expect(contains).toMatchObject({ passed: true })
  expect(not).toMatchObject({ passed: null, error: { code: 'verifier_failed' } })
  expect(not?.error?.message).toContain("The worker of 'w'")
})

it('without such an entry nothing leaves this process', async () => {
  const { ask, models } = await openTestApp()
  const { data } = await ask('/v1/verify', { response: 'print(1)', verifiers })
  expect(data[1]).toMatchObject({ passed: null })
  expect(models.calls).toBe(0)
})
