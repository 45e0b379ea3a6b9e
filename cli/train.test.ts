import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { plumbline, start } from './testing/command.ts'
import { jsonLines } from './testing/json-lines.ts'
import { serveTraining, type TrainingService } from './testing/training-service.ts'
import { step, steps } from './train/testing/steps.ts'

let folder: string
let data: string
let open: TrainingService[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-train-'))
  data = join(folder, 'pairs.jsonl')
  writeFileSync(data, '{"prompt":"p","responses":["a","b"],"label":"first"}\n')
  open = []
})
afterEach(async () => {
  await Promise.all(open.map((service) => service.close()))
  rmSync(folder, { recursive: true })
})

async function serve(script?: Parameters<typeof serveTraining>[0]) {
  const service = await serveTraining(script)
  open.push(service)
  const options = { env: { PLUMBLINE_URL: service.url }, cwd: folder }
  return { service, options, train: (...args: string[]) => plumbline(['train', ...args], options) }
}

const out = (file: string, job = `ftjob-${'b'.repeat(24)}`) => readFileSync(join(folder, job, file), 'utf8')

/** What most jobs do. */
async function succeed(service: TrainingService): Promise<void> {
  service.say('Training begins.')
  for (const one of steps(4)) service.step(one, 4)
  service.end({ status: 'succeeded', fine_tuned_models: { policy: 'small:mine' }, trained_tokens: 40 })
}

it('sends data, creates a job, follows it and leaves metrics and a report', async () => {
  const { service, train } = await serve(succeed)
  const config = join(folder, 'config.json')
  writeFileSync(config, '{"epochs":2,"lora":{"rank":4,"alpha":8}}')
  const set = ['--set', 'lora.rank=8', '--set', 'optimiser.learning_rate=1e-3']
  const ended = await train('dpo', data, '--config', config, ...set, '--suffix', 'mine')
  expect(ended).toMatchObject({ code: 0 })
  expect(service.seen.uploads[0]).toContain(readFileSync(data, 'utf8'))
  expect(service.seen.uploads[0]).toMatch(/name="purpose"\s+fine-tune/)
  expect(service.seen.bodies).toEqual([
    {
      model: 'small',
      training_file: `file-${'a'.repeat(32)}`,
      suffix: 'mine',
      method: {
        type: 'dpo',
        dpo: {
          hyperparameters: { epochs: 2, lora: { alpha: 8, rank: 8 }, optimiser: { learning_rate: 1e-3 } },
        },
      },
    },
  ])
  expect(ended.stdout).toMatch(/status +succeeded\n/)
  expect(ended.stdout).toMatch(/policy +small:mine\n/)
  expect(ended.stderr).toContain('Training begins.')
  expect(ended.stderr).toContain(
    'step 1/4 (judge); reward 0.01, accuracy 0.5, KL 1.00e-4, entropy 1.5, clip 0.01;',
  )
  expect(ended.stderr).toContain('about 18 s left')
  expect(jsonLines(out('metrics.jsonl'))).toEqual(steps(4))
  expect(jsonLines(out('events.jsonl'))).toMatchObject([{ message: 'Training begins.' }])
  expect(JSON.parse(out('job.json'))).toMatchObject({ job: { status: 'succeeded' }, checkpoints: [{}] })
  expect(out('report.html')).toContain('dpo on small')
})

it('leaves what a teacher wrote beside the report', async () => {
  const file = `file-${'a'.repeat(32)}`
  const { service, train } = await serve(async (service) =>
    service.end({ status: 'succeeded', result_files: [file] }),
  )
  const teacher = { model: 'large', pairs: 5 }
  const set = ['--set', 'warm_up.teacher.model=large', '--set', 'warm_up.teacher.pairs=5']
  const ended = await train('rubric_arm', data, '--recipe', 'small', ...set)
  expect(service.seen.bodies).toMatchObject([
    { method: { rubric_arm: { hyperparameters: { recipe: 'small', warm_up: { teacher } } } } },
  ])
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`taught       ${file}\n`) })
  expect(out('taught.jsonl')).toBe('{"rubric":"what was taught"}\n')
})

it('prints events and the job as JSON', async () => {
  const { train } = await serve(succeed)
  const { code, stdout, stderr } = await train('supervised', data, '--json', '--out', 'here')
  expect([code, stderr]).toEqual([0, ''])
  const lines = jsonLines(stdout)
  expect(lines.map(({ object }) => object)).toEqual([
    ...Array(5).fill('fine_tuning.job.event'),
    'fine_tuning.job',
  ])
  expect(lines.at(-1)).toMatchObject({ status: 'succeeded' })
  expect(existsSync(join(folder, 'here', 'report.html'))).toBe(true)
})

it('goes on where it was after a broken stream and a restart of the service', async () => {
  const { service, train } = await serve(async (service) => {
    service.step(step(1), 6)
    await sleep(500)
    service.drop()
    service.step(step(2), 6)
    await sleep(700)
    service.step(step(3), 6)
    await service.restart(1000)
    service.step(step(4), 6)
    await sleep(700)
    service.step(step(5), 6)
    // the run itself goes on from its checkpoint at step 3
    service.step(step(4), 6)
    service.step(step(5), 6)
    service.step(step(6), 6)
    service.end({ status: 'succeeded' })
  })
  const ended = await train('supervised', data)
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Trying again.') })
  expect(jsonLines(out('metrics.jsonl')).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
  expect(service.seen.resumed.length).toBeGreaterThan(1)
  expect(service.seen.bodies).toHaveLength(1)
})

it('says why a job failed, with what it had done until then in the report', async () => {
  const message = 'The loss is not finite at step 3: lower the learning rate; step 2 is kept.'
  const { train } = await serve(async (service) => {
    service.step(step(1), 9)
    service.step(step(2), 9)
    service.say(message, 'error')
    service.end({ status: 'failed', error: { code: 'not_finite', message, param: null } })
  })
  const ended = await train('supervised', data)
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain(message)
  expect(ended.stdout).toMatch(/go on +plumbline train resume ftjob-b{24}\n/)
  expect(ended.stderr).toContain(`error: ${message}`)
  const report = out('report.html')
  expect(report).toContain(message)
  expect(report).toContain('2 of 9')
})

it('lets go of a job at ctrl-C and takes it up again', async () => {
  const { service, options, train } = await serve(async (service) => {
    service.step(step(1), 3)
  })
  const { child, ended } = start(['train', 'supervised', data], options)
  const metrics = join(folder, service.job, 'metrics.jsonl')
  await expect
    .poll(() => existsSync(metrics) && readFileSync(metrics, 'utf8'), { timeout: 10_000 })
    .toContain('judge')
  child.kill('SIGINT')
  expect(await ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(`plumbline train attach ${service.job}`),
  })
  expect(service.state).toBe('running')
  expect(out('report.html')).toContain('1 of 3')
  const again = train('attach', service.job)
  service.step(step(2), 3)
  service.end({ status: 'succeeded' })
  expect(await again).toMatchObject({ code: 0 })
  expect(jsonLines(out('metrics.jsonl'))).toEqual(steps(2))
})

it('leaves a job alone, and lists, shows, pauses, resumes, cancels and reports it', async () => {
  const { service, train } = await serve(async (service) => service.step(step(1), 3))
  const detached = await train('dpo', data, '--detach', '--model', 'other')
  expect(detached).toMatchObject({ code: 0, stdout: expect.stringContaining(service.job) })
  expect(existsSync(join(folder, service.job))).toBe(false)
  const { job } = service
  expect((await train('list')).stdout).toMatch(new RegExp(`${job} +running +dpo +other +1/3 `))
  expect((await train('show', job)).stdout).toMatch(/step +1\/3/)
  expect((await train('pause', job)).stdout).toMatch(/status +paused/)
  expect((await train('resume', job)).stdout).toMatch(/status +running/)
  expect(JSON.parse((await train('cancel', job, '--json')).stdout)).toMatchObject({ status: 'cancelled' })
  expect((await train('report', job)).stdout).toBe(`${join(job, 'report.html')}\n`)
  expect(out('report.html')).toContain('small:step-2')
  expect(await train('attach', job, '--out', 'there')).toMatchObject({ code: 1 })
  const unknown = await train('show', `ftjob-${'c'.repeat(24)}`)
  expect(unknown).toMatchObject({ code: 1, stderr: 'plumbline: There is no such job.\n' })
})

it('says a refusal in the words of the service', async () => {
  const { service, train } = await serve()
  const refused = await train('dpo', data, '--set', 'lora.rank=0')
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^plumbline: 'method\.dpo\.hyperparameters\.lora\.rank' must be at least 1/,
    ),
  })
  const json = await train('dpo', data, '--set', '__proto__.rank=1', '--recipe', 'small', '--json')
  expect(JSON.parse(json.stdout).error).toMatchObject({ code: 'unknown_field', type: 'caller' })
  expect(service.seen.bodies).toHaveLength(2)
})

it.for<[args: string[], said: string]>([
  [['dpo', 'absent.jsonl'], "Can't read 'absent.jsonl'"],
  [['dpo', '/dev/zero'], "Can't read '/dev/zero'"],
  [['dpo', 'pairs.jsonl', '--config', 'pairs.txt'], "Can't read 'pairs.txt'"],
  [['dpo', 'pairs.jsonl', '--config', 'list.json'], "'list.json' holds no JSON object"],
  [['dpo', 'pairs.jsonl', '--set', 'rank'], "Give it as name=value, such as 'lora.rank=8'."],
  [['grpo', 'pairs.jsonl'], 'Allowed choices are supervised'],
  [['dpo', 'pairs.jsonl', '--out', 'taken'], "'taken' holds something else"],
  [['dpo', 'pairs.jsonl', '--detach', '--out', 'x'], "'--detach' cannot be used with option '--out"],
  [['report', 'taken/none'], "'taken/none' has no metrics.jsonl"],
])('%j: refused in one sentence', async ([args, said]) => {
  writeFileSync(join(folder, 'list.json'), '[1]')
  mkdirSync(join(folder, 'taken'))
  writeFileSync(join(folder, 'taken', 'metrics.jsonl'), 'mine\n')
  const { train } = await serve()
  const ended = await train(...args)
  expect(ended.code).toBe(1)
  expect(ended.stderr).toContain(said)
  expect(readFileSync(join(folder, 'taken', 'metrics.jsonl'), 'utf8')).toBe('mine\n')
})

it('draws a folder of metrics without any service, the steps that were made again once', async () => {
  const lines = [...steps(5), step(3, { phase: 'again' }), step(4, { phase: 'again' })]
  writeFileSync(
    join(folder, 'metrics.jsonl'),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"step":5,"ph`,
  )
  const ended = await plumbline(['train', 'report', folder])
  expect(ended).toMatchObject({ code: 0, stdout: `${join(folder, 'report.html')}\n` })
  const report = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(report).toContain('<dt>steps</dt><dd>4</dd>')
  expect(report).toContain('again')
})
