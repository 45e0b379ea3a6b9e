import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairJudgment, PairRequest } from '../shared/protocol/judgment.ts'
import { plumbline } from './testing/command.ts'
import { judged, nowhere, type Seen, serve } from './testing/service.ts'

let folder: string
let services: { close(): Promise<unknown> }[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-variants-'))
  services = []
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all(services.map((service) => service.close()))
})

const pairs = Array.from({ length: 8 }, (_, index) => ({
  prompt: `Question ${index}?`,
  responses: index % 2 === 0 ? ['good', 'another'] : ['bad', 'good'],
  label: index % 2 === 0 ? 'first' : 'second',
}))

async function run(
  answer: (seen: Seen) => ReturnType<typeof judged>,
  args: string[],
  lines: object[] = pairs,
) {
  const service = await serve(answer)
  services.push(service)
  const path = join(folder, 'pairs.jsonl')
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'))
  const env = { PLUMBLINE_URL: service.url }
  const ended = await plumbline(['eval', path, ...args], { env, cwd: folder })
  return {
    ...ended,
    seen: service.seen,
    again: (more: string[], url = service.url) =>
      plumbline(['eval', path, ...more], { env: { PLUMBLINE_URL: url }, cwd: folder }),
  }
}

describe('plumbline eval --ablate', () => {
  it('asks for each part to be left out, and holds the accuracies against the full system', async () => {
    const asked: PairRequest[] = []
    const { code, stdout, stderr } = await run(
      (seen) => {
        asked.push(seen.request)
        // without a rubric this judge guesses
        return seen.request.protocol === 'direct' ? judged(seen, { winner: 'first' }) : judged(seen)
      },
      ['--json', '--repeats', '0', '--ablate', 'difference,adaptive,meta-rubric,aggregation,rubric'],
    )
    expect([code, stderr.includes('8 pairs')]).toEqual([0, true])
    const { variants } = JSON.parse(stdout)
    const accuracy = Object.fromEntries(
      variants.map(
        (one: { name: string; report: { pairs: { accuracy: { ties_half: { value: number } } } } }) => [
          one.name,
          one.report.pairs.accuracy.ties_half.value,
        ],
      ),
    )
    expect(accuracy).toEqual({
      full: 1,
      'without difference': 1,
      'without adaptive': 1,
      'without meta-rubric': 1,
      'without aggregation': 1,
      'without rubric': 0.5,
    })
    const of = (holds: (request: PairRequest) => boolean) => asked.filter(holds).length
    expect(asked).toHaveLength(6 * 8)
    expect(of(({ rubric_from }) => rubric_from === 'prompt')).toBe(8)
    expect(of(({ rubric }) => typeof rubric === 'object')).toBe(8)
    expect(of(({ meta_rubric }) => typeof meta_rubric === 'object')).toBe(8)
    expect(of(({ protocol, rubric }) => protocol === 'rubric-arm' && rubric === 'rub_1')).toBe(8)
    expect(of(({ protocol }) => protocol === 'direct')).toBe(8)
  })

  it('leaves constraints out only where it is asked to, and wants some to be there', async () => {
    const constraints = [{ kind: 'contains', values: ['x'] }]
    const asked: PairRequest[] = []
    const keep = (seen: Seen) => {
      asked.push(seen.request)
      return judged(seen)
    }
    const lines = pairs.map((pair) => ({ ...pair, constraints }))
    const args = ['--json', '--repeats', '0', '--ablate', 'verifiers']
    expect((await run(keep, args, lines)).code).toBe(0)
    expect(asked.map((request) => request.constraints !== undefined)).toEqual([
      ...Array(8).fill(true),
      ...Array(8).fill(false),
    ])
    const { code, stdout } = await run(keep, args)
    expect([code, stdout]).toEqual([1, expect.stringContaining('no line has any')])
  })
})

it('holds models against each other, and draws and writes what it found', async () => {
  const spend = (tokens: number) => ({
    judge_calls: 1,
    prompt_tokens: tokens,
    completion_tokens: 0,
    cached_tokens: 0,
    cache: 'miss' as const,
    cost: null,
  })
  const { stdout, code } = await run(
    (seen) =>
      seen.model === 'small'
        ? judged(seen, { winner: 'first', usage: spend(100) })
        : judged(seen, { usage: spend(900) }),
    ['--models', 'small,large', '--repeats', '0', '--plot', 'plot.svg', '--markdown', 'report.md'],
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/small +50\.0 % +0\.0 +100/)
  expect(stdout).toMatch(/large +100\.0 % +\+50\.0 +900/)
  const svg = readFileSync(join(folder, 'plot.svg'), 'utf8')
  expect(svg).toMatch(/^<svg/)
  expect(svg).toContain('large')
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain(
    '| ties and nulls wrong | 100.0 % (8/8) |',
  )
})

describe('safe to train on', () => {
  const last = (stdout: string) => stdout.trim().split('\n').at(-1)
  const many = Array.from({ length: 4 }, () => pairs).flat()

  it('is yes for a judge without a fault, asked again past the record', async () => {
    const caches: (string | undefined)[] = []
    const { stdout } = await run(
      (seen) => {
        caches.push(seen.request.cache)
        return judged(seen)
      },
      ['--repeats', '5'],
      many,
    )
    expect(last(stdout)).toContain('safe to train on: yes')
    expect(caches.filter((cache) => cache === 'refresh')).toHaveLength(5)
  })

  it.each<[string, (seen: Seen, calls: number) => Partial<PairJudgment>]>([
    ['ties', () => ({ winner: 'tie', score: 0 })],
    ['groups without a difference', () => ({ winner: 'tie', score: 0 })],
    ['noise between repeated calls', (seen) => ({ score: seen.request.cache === 'refresh' ? -1.5 : 1.5 })],
    [
      'no reward',
      (_, calls) =>
        calls === 1
          ? { winner: null, score: null, error: { code: 'model_timeout', message: 'Slow.', type: 'service' } }
          : {},
    ],
    [
      'correlation with length',
      ({ responses: [first, second] }) => ({ score: first.length > second.length ? 2 : -2 }),
    ],
  ])('is no, and says why: %s', async (name, change) => {
    let calls = 0
    const { stdout } = await run((seen) => judged(seen, change(seen, ++calls)), ['--repeats', '2'])
    expect(last(stdout)).toContain('safe to train on: no')
    expect(last(stdout)).toContain(name)
  })

  it('is not known where the noise was not measured', async () => {
    const { stdout } = await run((seen) => judged(seen), ['--repeats', '0'], many)
    expect(last(stdout)).toBe('safe to train on: not known: noise between repeated calls not measured')
  })

  it('is not known on a handful of pairs, however good they look', async () => {
    const { stdout } = await run((seen) => judged(seen), ['--repeats', '5'])
    expect(last(stdout)).toContain(
      'safe to train on: not known: no reward 0.0 % of 8 (at most 1.0 %), too few',
    )
  })
})

it('replays a run from its results without any service, and says what is missing', async () => {
  const { stdout, again } = await run((seen) => judged(seen), ['--json', '--repeats', '2'])
  const off = await nowhere()
  const replayed = await again(['--json', '--repeats', '2', '--replay'], off)
  const strip = (text: string) => ({ ...JSON.parse(text), wall_seconds: 0 })
  expect(strip(replayed.stdout)).toEqual(strip(stdout))
  const missing = await again(['--json', '--replay', '--orders', 'mean'], off)
  expect([missing.code, missing.stdout]).toEqual([1, expect.stringContaining('8 of 8 tasks have no result')])
})

it('shows the true answer only when asked to, and says so', async () => {
  const references: (string | undefined)[] = []
  const lines = pairs.map((pair) => ({ ...pair, reference: '42' }))
  const keep = (seen: Seen) => {
    references.push(seen.request.reference)
    return judged(seen)
  }
  const { stdout, again } = await run(keep, ['--repeats', '0'], lines)
  expect([references.at(-1), stdout.includes('ground truth assisted')]).toEqual([undefined, false])
  const assisted = await again(['--repeats', '0', '--with-reference'])
  expect(references.at(-1)).toBe('42')
  expect(assisted.stdout).toContain('ground truth assisted: 8')
})

it('counts what a judgment from the record cost when it was made', async () => {
  const spent = { judge_calls: 4, prompt_tokens: 300, completion_tokens: 20, cached_tokens: 0, cost: null }
  const nothing = { judge_calls: 0, prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0, cost: null }
  const service = await serve((seen) => judged(seen, { usage: { ...nothing, cache: 'hit' } }), {
    jdg_1: { usage: { ...spent, cache: 'miss' } },
  })
  services.push(service)
  const path = join(folder, 'one.jsonl')
  writeFileSync(path, JSON.stringify(pairs[0]))
  const env = { PLUMBLINE_URL: service.url }
  const { stdout } = await plumbline(['eval', path, '--repeats', '0', '--json'], { env, cwd: folder })
  expect(JSON.parse(stdout)).toMatchObject({
    cache_hits: 1,
    per_task: { prompt_tokens: 300, judge_calls: 4 },
  })
})
