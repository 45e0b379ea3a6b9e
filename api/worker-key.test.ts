import { expect, test } from 'vitest'
import { openPlatform } from '#test-platform'
import { sha256 } from '../shared/identity/hash.ts'
import { parseCreateJob } from '../shared/protocol/create-job.ts'
import { createJobWorker, WORKER_ENTRY } from './testing/job-worker.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'
import { TEST_VARIABLES } from './testing/variables.ts'
import { createFiles } from './training/files.ts'
import { createJobs } from './training/jobs.ts'

const JOBS = '/v1/fine_tuning/jobs'
const TAUGHT = {
  type: 'rubric_arm',
  rubric_arm: { hyperparameters: { warm_up: { teacher: { model: 'large' } } } },
}
const judgedAtService = (type: string) => ({
  type,
  [type]: { hyperparameters: { judge: { at: 'service' } } },
})

/** An edge with a key of each organisation that is named, its name again, and one worker. */
async function openEdge(organisations: readonly string[], variables: Record<string, string> = {}) {
  const worker = createJobWorker()
  const keys = await Promise.all(organisations.map(async (name) => `${name}:${await sha256(name)}`))
  const app = await openTestApp(
    {
      PLUMBLINE_MODELS: JSON.stringify([WORKER_ENTRY]),
      PLUMBLINE_DEFAULT_MODEL: '',
      PLUMBLINE_API_KEYS: keys.join(','),
      ...variables,
    },
    worker.fetch,
  )
  const by = (organisation: string) => ({ authorization: `Bearer ${organisation}` })
  const create = async (organisation: string, method?: object) => {
    const body = new FormData()
    body.set('purpose', 'fine-tune')
    body.set('file', new File(['{}\n'], 'data.jsonl'))
    const sent = await app.send('/v1/files', { method: 'POST', body, headers: by(organisation) })
    const { id: training_file } = await bodyOf(sent)
    return app.call(JOBS, { model: 'small', training_file, ...(method && { method }) }, by(organisation))
  }
  return { ...app, worker, by, create }
}

/** Names that no other test keeps anything of. */
const names = () => [`acme-${crypto.randomUUID()}`, `beta-${crypto.randomUUID()}`] as const

test.for<[object, string]>([
  [TAUGHT, 'method.rubric_arm.hyperparameters.warm_up.teacher'],
  [judgedAtService('arl_rr'), 'method.arl_rr.hyperparameters.judge.at'],
  [judgedAtService('pairwise'), 'method.pairwise.hyperparameters.judge.at'],
])('%j: of several organisations those that the operator named spend the key', async ([method, param]) => {
  const [acme, beta] = names()
  const { create, ask, worker, by } = await openEdge([acme, beta], { PLUMBLINE_SERVICE_ORGANISATIONS: acme })
  expect((await create(acme, method)).status).toBe(200)
  const refused = await create(beta, method)
  expect([refused.status, (await bodyOf(refused)).error]).toMatchObject([
    403,
    { code: 'forbidden', param, message: expect.stringContaining(`add '${beta}' to PLUMBLINE_SERVICE_ORG`) },
  ])
  expect((await ask(JOBS, undefined, by(beta))).data).toEqual([])
  expect((await create(beta)).status).toBe(200)
  expect(worker.jobs.size).toBe(2)
})

test('where nobody is named, none of several organisations spends it', async () => {
  const [acme, beta] = names()
  const { create } = await openEdge([acme, beta])
  for (const organisation of [acme, beta]) expect((await create(organisation, TAUGHT)).status).toBe(403)
})

test('a single organisation spends it without a setting, with several keys too', async () => {
  const [acme] = names()
  const { create, key, organisation } = await openEdge([acme])
  expect((await create(acme, TAUGHT)).status).toBe(200)
  const both = [`${acme}:${await sha256(acme)}`, `${acme}:${await sha256(key)}`].join(',')
  const again = await openEdge([organisation], { PLUMBLINE_API_KEYS: both })
  expect((await again.create(acme, TAUGHT)).status).toBe(200)
})

test('whoever calls an edge without keys spends it', async () => {
  const { create } = await openEdge([], { PLUMBLINE_OPEN: '1' })
  expect((await create('anybody', TAUGHT)).status).toBe(200)
})

test('a job of an organisation that is named no more is paused and read, but not taken up again', async () => {
  const [acme, beta] = names()
  const keys = await Promise.all([acme, beta].map(async (name) => `${name}:${await sha256(name)}`))
  const values: Record<string, string> = {
    ...TEST_VARIABLES,
    PLUMBLINE_MODELS: JSON.stringify([WORKER_ENTRY]),
    PLUMBLINE_DEFAULT_MODEL: '',
    PLUMBLINE_API_KEYS: keys.join(','),
  }
  const worker = createJobWorker()
  const platform = openPlatform((name) => values[name] || undefined, worker.fetch)
  const jobsWhere = (...named: string[]) => {
    const config = { ...platform.config, serviceOrganisations: new Set(named) }
    return createJobs({ ...platform, config }, createFiles(platform))
  }
  const training_file = `file-${'0'.repeat(32)}`
  worker.files.set(training_file, '{}')
  const request = parseCreateJob({ model: 'small', training_file, method: TAUGHT })
  const call = { organisation: beta, apiKey: 'key', idempotencyKey: null }
  const { id } = await jobsWhere(acme, beta).create(request, call)
  const after = jobsWhere(acme)
  expect((await after.act(beta, id, 'pause')).status).toBe('paused')
  await expect(after.act(beta, id, 'resume')).rejects.toMatchObject({ code: 'forbidden' })
  expect((await after.read(beta, id)).status).toBe('paused')
  expect((await jobsWhere(acme, beta).act(beta, id, 'resume')).status).toBe('queued')
})

test('an organisation without a key is refused by name at the start', async () => {
  const [acme, beta] = names()
  await expect(openEdge([acme], { PLUMBLINE_SERVICE_ORGANISATIONS: beta })).rejects.toThrow(
    `PLUMBLINE_SERVICE_ORGANISATIONS names '${beta}', which has no key`,
  )
})
