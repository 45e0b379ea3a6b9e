import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { armTrajectory } from '../shared/testing/arm-replies.ts'
import { TRAINERS } from './export/trainers/trainers.ts'
import { plumbline, start } from './testing/command.ts'
import { jsonLines } from './testing/json-lines.ts'
import { judged, type Reply, type Seen, serve } from './testing/service.ts'

const RUBRIC = '1. The response is good. [Hard Rule]\n2. The response is short. [Principle]'

let folder = ''
let service: Awaited<ReturnType<typeof serve>> | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-export-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await service?.close()
  service = null
})

const at = (path: string) => join(folder, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
function write(path: string, lines: object[]): string {
  writeFileSync(at(path), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return at(path)
}

/** Pairs of twelve prompts, the second of each prompt's two pairs labelled the other way round. */
const PAIRS = Array.from({ length: 24 }, (_, n) => ({
  id: `p${n}`,
  prompt: `Prompt ${n % 12}`,
  responses: n < 12 ? [`good ${n}`, `bad ${n}`] : [`bad ${n}`, `good ${n}`],
  label: n < 12 ? 'first' : 'second',
}))

const arm = (seen: Seen): Reply =>
  judged(seen, {
    protocol: 'rubric-arm',
    rubric: {
      id: 'rub_1',
      object: 'rubric',
      meta_rubric: null,
      criteria: [{ id: 'c01', rule: 'hard_rule', title: `The response answers ${seen.prompt}.` }],
    },
  })

async function run(args: string[], answer: (seen: Seen) => Reply | Promise<Reply> = arm) {
  service ??= await serve(answer)
  return plumbline(['export', ...args], { env: { PLUMBLINE_URL: service.url }, cwd: folder })
}

const label = z.object({
  prompt: z.string().optional(),
  rubric: z.string().optional(),
  pair: z.object({ responses: z.array(z.string()).optional(), winner: z.enum(['first', 'second']) }),
})

describe('plumbline export rubric-arm', () => {
  it.each(Object.keys(TRAINERS))(
    '%s: writes both phases of each part, and a file that runs them',
    async (name) => {
      const file = write('pairs.jsonl', PAIRS)
      const { code, stderr, stdout } = await run([
        'rubric-arm',
        file,
        '--for',
        name,
        '--output',
        'out',
        '--part',
        '2',
      ])
      expect(stderr).not.toContain('plumbline:')
      expect(code).toBe(0)
      expect(stdout).toContain('part 2: 8 pairs, 8 of them with a rubric for the judge')
      expect(existsSync(at('out/part-1/judge.jsonl'))).toBe(false)
      const extension = name === 'trl' ? 'yaml' : 'sh'
      const scripts: string[] = []
      for (const part of [1, 2, 3]) {
        for (const phase of ['judge', 'generator']) {
          const config = read(`out/part-${part}/${phase}.${extension}`)
          expect(config).toContain(`part-${part}/${phase}.jsonl`)
          const before = TRAINERS[name]?.saved(`checkpoints/part-${part - 1}-${phase}`)
          expect(config).toContain(part === 1 ? 'Qwen/Qwen3-8B' : before)
          expect(config).toMatch(/0\.28/)
          scripts.push(extension === 'sh' ? config : '')
        }
      }
      expect(spawnSync('bash', ['-n'], { input: scripts.join('\n') }).status).toBe(0)
      expect(existsSync(at('out/plumbline_reward.py'))).toBe(name !== 'openrlhf')
      expect(read('out/README.md')).toContain('Our reconstruction')
    },
  )

  it('cuts disjoint parts by prompt, shuffles what the judge is shown, and turns the label with it', async () => {
    const file = write('pairs.jsonl', PAIRS)
    for (const part of ['1', '2', '3']) {
      await run(['rubric-arm', file, '--for', 'openrlhf', '--output', 'out', '--part', part])
    }
    const promptsOf = [1, 2, 3].map(
      (part) =>
        new Set(
          jsonLines(read(`out/part-${part}/generator.jsonl`)).map(
            (row) => label.parse(JSON.parse(String(row.label))).prompt,
          ),
        ),
    )
    expect(promptsOf.map((prompts) => prompts.size)).toEqual([4, 4, 4])
    expect(new Set(promptsOf.flatMap((prompts) => [...prompts])).size).toBe(12)

    const rows = [1, 2, 3].flatMap((part) => jsonLines(read(`out/part-${part}/judge.jsonl`)))
    expect(rows).toHaveLength(24)
    const winners = rows.map((row) => {
      const { pair, rubric } = label.parse(JSON.parse(String(row.label)))
      const shown = JSON.stringify(row.prompt)
      expect(shown).toContain(String(rubric).slice(3, 30))
      const goodFirst = shown.search(/good [0-9]/) < shown.search(/bad [0-9]/)
      expect(pair.winner).toBe(goodFirst ? 'first' : 'second')
      return pair.winner
    })
    expect(new Set(winners).size).toBe(2)
    const generator = jsonLines(read('out/part-1/generator.jsonl'))[0]
    expect(JSON.stringify(generator?.prompt)).not.toMatch(/(good|bad) [0-9]/)
  })

  it('asks the service for nothing that is there already, and goes on where it was stopped', async () => {
    const file = write('pairs.jsonl', PAIRS)
    let slow = true
    service = await serve(async (seen) => {
      if (slow && seen.number > 3) await new Promise((resolve) => setTimeout(resolve, 60_000))
      return arm(seen)
    })
    const args = ['export', 'rubric-arm', file, '--for', 'trl', '--output', 'out', '--parts', '1']
    const first = start(args, { env: { PLUMBLINE_URL: service.url }, cwd: folder })
    while (!existsSync(at('out/rubrics.jsonl')) || jsonLines(read('out/rubrics.jsonl')).length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    first.child.kill('SIGINT')
    const stopped = await first.ended
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toContain('goes on from there')
    writeFileSync(at('out/rubrics.jsonl'), `${read('out/rubrics.jsonl')}{"key":"half`)
    slow = false
    const before = service.seen.length
    const { code } = await plumbline(args, { env: { PLUMBLINE_URL: service.url }, cwd: folder })
    expect(code).toBe(0)
    // one pair of each of the twelve prompts
    expect(service.seen.length - before).toBe(12 - 3)
    expect(jsonLines(read('out/part-1/judge.jsonl'))).toHaveLength(24)
  })

  it('takes rubrics and trajectories that are given, and keeps those that are right', async () => {
    const file = write('pairs.jsonl', PAIRS)
    const rubrics = write(
      'given.jsonl',
      PAIRS.map(({ id }) => ({ id, rubric: RUBRIC })),
    )
    const trajectories = write('taught.jsonl', [
      { id: 'p0', rubric: RUBRIC, trajectory: armTrajectory(RUBRIC, 'A') },
      { id: 'p0', rubric: RUBRIC, trajectory: armTrajectory(RUBRIC, 'B'), order: 'backward' },
      { id: 'p0', rubric: RUBRIC, trajectory: armTrajectory(RUBRIC, 'B') },
      { id: 'p1', rubric: RUBRIC, trajectory: 'Winner: Response B' },
    ])
    const given = ['--rubrics', rubrics, '--trajectories', trajectories]
    const { code, stdout } = await run(['rubric-arm', file, '--for', 'verl', '--output', 'out', ...given])
    expect(code).toBe(0)
    expect(stdout).toContain('warm-up: 2 trajectories and 1 rubrics, 2 trajectories left out')
    expect(service?.seen).toEqual([])
    const learnt = (name: string) =>
      jsonLines(read(`out/sft/${name}.jsonl`)).map(({ messages }) =>
        z.array(z.object({ role: z.string(), content: z.string() })).parse(messages),
      )
    expect(learnt('judge').map((messages) => messages.map(({ role }) => role))).toEqual([
      ['system', 'user', 'assistant'],
      ['system', 'user', 'assistant'],
    ])
    // p1's only trajectory is wrong, so nothing speaks for its rubric
    expect(learnt('generator').map((messages) => messages.at(-1)?.content)).toEqual([RUBRIC])
    expect(read('out/part-1/judge.sh')).toContain('model.path=checkpoints/sft-judge/last')
    expect(read('out/README.md')).toContain('--trajectories taught.jsonl')
  })

  it.each([
    [
      'a rubric that is none',
      { rubrics: [{ id: 'p0', rubric: '1. Be good.' }] },
      "Line 1 of .* has a rubric that can't be read. Item 1 does not end with",
    ],
    [
      'a trajectory of no pair',
      { trajectories: [{ id: 'x', rubric: RUBRIC, trajectory: 'y' }] },
      "Line 1 of .* is of pair 'x', which is not among the pairs",
    ],
    ['a part that is not there', { part: '4' }, '--part is 4, but there are 3 parts'],
  ])(
    'names %s',
    async (_name, given: { rubrics?: object[]; trajectories?: object[]; part?: string }, message) => {
      const file = write('pairs.jsonl', PAIRS)
      const args = Object.entries(given).flatMap(([name, value]) => [
        `--${name}`,
        typeof value === 'string' ? value : write(`${name}.jsonl`, value),
      ])
      const { code, stderr } = await run(['rubric-arm', file, '--for', 'verl', '--output', 'out', ...args])
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(message))
    },
  )
})
