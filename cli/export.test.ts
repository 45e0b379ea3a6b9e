import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { rewardRequest } from '../shared/protocol/reward.ts'
import { armTrajectory } from '../shared/testing/arm-replies.ts'
import { TRAINERS } from './export/trainers/trainers.ts'
import { plumbline, start } from './testing/command.ts'
import { jsonLines } from './testing/json-lines.ts'
import { judged, type Reply, refused, type Seen, serve } from './testing/service.ts'

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
      for (const part of [1, 2, 3]) {
        for (const phase of ['judge', 'generator']) {
          const config = read(`out/part-${part}/${phase}.${extension}`)
          expect(config).toContain(`part-${part}/${phase}.jsonl`)
          expect(config).toContain(part === 1 ? 'Qwen/Qwen3-8B' : `checkpoints/part-${part - 1}-${phase}`)
          expect(config).toMatch(/0\.28/)
          if (extension === 'sh') {
            const path = at(`out/part-${part}/${phase}.sh`)
            expect(spawnSync('bash', ['-n', path]).status).toBe(0)
          }
        }
      }
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
    expect(service.seen.length - before).toBe(24 - 3)
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
      { id: 'p1', rubric: RUBRIC, trajectory: 'Winner: Response A' },
    ])
    const given = ['--rubrics', rubrics, '--trajectories', trajectories]
    const { code, stdout } = await run(['rubric-arm', file, '--for', 'verl', '--output', 'out', ...given])
    expect(code).toBe(0)
    expect(stdout).toContain('warm-up: 2 trajectories, 2 left out')
    expect(service?.seen).toEqual([])
    expect(
      jsonLines(read('out/sft/judge.jsonl')).map(({ messages }) =>
        z
          .array(z.object({ role: z.string() }))
          .parse(messages)
          .map(({ role }) => role),
      ),
    ).toEqual([
      ['system', 'user', 'assistant'],
      ['system', 'user', 'assistant'],
    ])
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

describe('plumbline export dpo', () => {
  const pairs = PAIRS.slice(0, 3).map(({ prompt, responses }) => ({ prompt, responses }))
  const consistent = (seen: Seen) =>
    judged(
      seen,
      seen.prompt === 'Prompt 1' ? { winner: 'tie' } : seen.prompt === 'Prompt 2' ? { winner: 'second' } : {},
    )

  it.each([
    [
      'trl',
      {
        prompt: [{ role: 'user', content: 'Prompt 0' }],
        chosen: [{ role: 'assistant', content: 'good 0' }],
        rejected: [{ role: 'assistant', content: 'bad 0' }],
      },
    ],
    [
      'ms-swift',
      {
        messages: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'good 0' },
        ],
        rejected_response: 'bad 0',
      },
    ],
    [
      'openrlhf',
      {
        chosen: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'good 0' },
        ],
        rejected: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'bad 0' },
        ],
      },
    ],
  ])('keeps the pairs on which both orders agree, as %s reads them', async (name, row) => {
    const file = write('rollouts.jsonl', pairs)
    const { code, stdout } = await run(['dpo', file, '--for', name, '--output', 'kept.jsonl'], consistent)
    expect(code).toBe(0)
    expect(stdout).toContain('2 of 3 pairs kept')
    const kept = jsonLines(read('kept.jsonl'))
    expect(kept[0]).toEqual(row)
    expect(JSON.stringify(kept[1])).toMatch(/bad 2.*good 2/)
  })

  it('counts what has no winner, names a line that is no pair, and refuses one order', async () => {
    const file = write('rollouts.jsonl', pairs)
    const failed = await run(['dpo', file], (seen) =>
      seen.number === 1 ? refused(413, 'text_too_long', 'Too long.') : judged(seen),
    )
    expect(failed.stdout).toContain('1 left out without a winner, the first: Too long.')
    const wrong = await run(['dpo', write('wrong.jsonl', [{ prompt: 'x', responses: ['one'] }])])
    expect(wrong.stderr).toMatch(/Line 1 of .* is no pair: .*responses/)
    expect((await run(['dpo', file, '--orders', 'forward'])).stderr).toContain('leave out --orders')
  })
})

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('plumbline_reward.py', () => {
  it('asks for the rewards of a batch by row, null where there is none, 0 for an empty completion', async () => {
    const asked: z.infer<typeof rewardRequest>[] = []
    let refusals = 1
    const server = createServer(async (request, response) => {
      const body = rewardRequest.parse(JSON.parse(await text(request)))
      response.setHeader('content-type', 'application/json')
      if (refusals-- > 0) {
        response.writeHead(503).end('{}')
        return
      }
      asked.push(body)
      const data = body.responses.map((one, index) => ({
        index,
        reward: one === 'fails' ? null : one.length,
      }))
      response.end(JSON.stringify({ object: 'reward.list', data }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const label = JSON.stringify({ rubric: RUBRIC, pair: { winner: 'first' } })
    const program = `
import asyncio, json, sys
sys.path.insert(0, ${JSON.stringify(new URL('./export', import.meta.url).pathname)})
sys.dont_write_bytecode = True
import plumbline_reward as p
label = ${JSON.stringify(label)}
batch = [[{"role": "assistant", "content": c}] for c in ["abc", "", "fails", "ab"]]
print(json.dumps(p.reward([], batch, [label] * 4, ["rubric-arm/judge"] * 4)))
print(json.dumps(asyncio.run(p.compute_score("rubric-arm/judge", "abcd", label))))
`
    const { spawn } = await import('node:child_process')
    const child = spawn('python3', ['-c', program], {
      env: { PATH: process.env.PATH, PLUMBLINE_URL: `http://127.0.0.1:${port}` },
    })
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
    server.close()
    expect(errors).toBe('')
    expect(
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([[3, 0, null, 2], 4])
    expect(asked.map(({ responses }) => responses)).toEqual([['abc', 'fails', 'ab'], ['abcd']])
    expect(asked[0]).toMatchObject({ protocol: 'rubric-arm/judge', pair: { winner: 'first' } })
  })
})
