import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairJudgment } from '../shared/protocol/judgment.ts'
import { plumbline, start } from './testing/command.ts'
import { judged, nowhere, type Reply, refused, type Seen, serve } from './testing/service.ts'

let folder: string
let services: { close(): Promise<unknown> }[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-eval-'))
  services = []
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all(services.map((service) => service.close()))
})

async function listen(answer: (seen: Seen) => Reply | Promise<Reply> = judged) {
  const service = await serve(answer)
  services.push(service)
  return { seen: service.seen, env: { PLUMBLINE_URL: service.url } }
}

const pair = (index: number, label = 'first') => ({
  prompt: `Question ${index}?`,
  responses: label === 'first' ? ['good', 'a longer one'] : ['bad', 'good'],
  label,
})
const write = (pairs: unknown[]) => {
  const path = join(folder, 'pairs.jsonl')
  writeFileSync(path, pairs.map((one) => JSON.stringify(one)).join('\n'))
  return path
}
const results = () => readFileSync(join(folder, 'pairs.jsonl.results.jsonl'), 'utf8').trim().split('\n')
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('plumbline eval', () => {
  it('reports every figure, with the longer-wins baseline beside the judge', async () => {
    const failure = { code: 'model_timeout', message: 'Too slow.', type: 'service' } as const
    const { env } = await listen((seen) => {
      if (seen.prompt === 'Question 2?')
        return judged(seen, { winner: 'tie', score: 0, orders: orders(1, 1) })
      if (seen.prompt === 'Question 3?') {
        return judged(seen, { winner: null, score: null, orders: [], rubric: null, error: failure })
      }
      if (seen.prompt === 'Question 4?') return judged(seen, { winner: 'first' })
      if (seen.prompt === 'Question 5?') return refused(422, 'context_exceeded', 'Too long.')
      return judged(seen)
    })
    const labels = ['first', 'first', 'first', 'second', 'second', 'second']
    const path = write(labels.map((label, index) => pair(index + 1, label)))
    const { code, stdout } = await plumbline(['eval', path, '--repeats', '0', '--json'], { env, cwd: folder })
    expect(code).toBe(0)
    const { pairs, ...report } = JSON.parse(stdout)
    expect(report).toMatchObject({
      n: 6,
      nulls: { model_timeout: 1, context_exceeded: 1 },
      per_task: { judge_calls: (5 * 4) / 6 },
      safety: { safe: false },
    })
    expect(pairs).toMatchObject({
      accuracy: {
        ties_excluded: { count: 2, of: 3 },
        ties_wrong: { count: 2, of: 6 },
        ties_half: { count: 3.5, of: 6 },
      },
      judgebench: { count: 3, of: 6 },
      ties: 1,
      order_inconsistency: { opposite: { count: 1, of: 4 } },
      vetoes: 0,
      adaptivity: { sets: 1, unusual: { count: 0, of: 4 } },
      longer_wins: { ties_excluded: { count: 3, of: 6 }, ties_wrong: { count: 3, of: 6 } },
    })
    const text = await plumbline(['eval', path, '--repeats', '0'], { env, cwd: folder })
    expect(text.stdout).toMatch(/OpenRS's: ties left out +66\.7 % \(2\/3\) +50\.0 % \(3\/6\)/)
    expect(text.stderr).toContain('6 pairs, 6 of them already judged')
  })

  it('reads the LLMBar layout', async () => {
    const { env, seen } = await listen()
    const path = join(folder, 'llmbar.json')
    const item = (label: number) => ({ input: 'Q', output_1: 'good', output_2: 'bad', label })
    writeFileSync(path, JSON.stringify([item(1), item(2)], null, 2))
    const { stdout } = await plumbline(['eval', path, '--repeats', '0', '--json'], { env, cwd: folder })
    expect(JSON.parse(stdout).pairs.accuracy.ties_wrong).toEqual({ count: 1, of: 2, value: 0.5 })
    expect(seen).toHaveLength(2)
  })

  it('skips what is judged, and judges again what was asked for otherwise', async () => {
    const { env, seen } = await listen()
    const path = write([pair(1), pair(2), pair(3)])
    const run = (...args: string[]) =>
      plumbline(['eval', path, '--repeats', '0', '--json', ...args], { env, cwd: folder })
    await run('--limit', '2')
    expect(seen).toHaveLength(2)
    expect(JSON.parse((await run()).stdout).n).toBe(3)
    expect(seen).toHaveLength(3)
    expect(JSON.parse((await run('--orders', 'mean')).stdout).n).toBe(3)
    expect(seen).toHaveLength(6)
    await run('--cache', 'off')
    expect(seen).toHaveLength(6)
  })

  it('judges nulls again on --retry-nulls', async () => {
    const failure = { code: 'model_timeout', message: 'Too slow.', type: 'service' } as const
    const { env, seen } = await listen((one) =>
      one.number === 1 ? judged(one, { winner: null, score: null, error: failure }) : judged(one),
    )
    const path = write([pair(1)])
    const nulls = async (...args: string[]) =>
      JSON.parse(
        (await plumbline(['eval', path, '--repeats', '0', '--json', ...args], { env, cwd: folder })).stdout,
      ).nulls
    expect(await nulls()).toEqual({ model_timeout: 1 })
    expect(await nulls()).toEqual({ model_timeout: 1 })
    expect(await nulls('--retry-nulls')).toEqual({})
    expect(seen).toHaveLength(2)
  })

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'goes on after %s without losing a finished pair',
    async (signal) => {
      const { env, seen } = await listen(async (one) => {
        if (one.number > 3) await new Promise((resolve) => setTimeout(resolve, 300))
        return judged(one)
      })
      const path = write(Array.from({ length: 8 }, (_, index) => pair(index)))
      const args = ['eval', path, '--repeats', '0', '--json', '--concurrency', '1']
      const { child, ended } = start(args, { env, cwd: folder })
      await until(() => seen.length === 4)
      child.kill(signal)
      const { code, stdout, stderr } = await ended
      expect(stdout).toBe('')
      if (signal === 'SIGINT') {
        expect(code).toBe(130)
        expect(stderr).toContain('the same command goes on from there')
      }
      expect(results()).toHaveLength(3)
      appendFileSync(join(folder, 'pairs.jsonl.results.jsonl'), '{"key":"pair","id":"4","key":"hal')
      const second = await plumbline(['eval', path, '--repeats', '0', '--json', '--concurrency', '8'], {
        env,
        cwd: folder,
      })
      expect(JSON.parse(second.stdout)).toMatchObject({
        n: 8,
        pairs: { accuracy: { ties_wrong: { count: 8 } } },
      })
      expect(seen).toHaveLength(4 + 5)
      expect(results()).toHaveLength(8)
    },
  )

  it('takes a file whose very first line broke off, and says where it cannot write', async () => {
    const { env } = await listen()
    const path = write([pair(1)])
    writeFileSync(join(folder, 'pairs.jsonl.results.jsonl'), '{"ke')
    expect((await plumbline(['eval', path, '--repeats', '0'], { env, cwd: folder })).code).toBe(0)
    expect(results()).toHaveLength(1)
    const elsewhere = await plumbline(['eval', path, '--repeats', '0', '--output', '/nowhere/x'], {
      env,
      cwd: folder,
    })
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining("Can't use '/nowhere/x'")])
  })

  it('keeps to the concurrency, and waits as long as 429 and 503 ask', async () => {
    let open = 0
    let most = 0
    const { env, seen } = await listen(async (one) => {
      if (one.number === 1) return refused(429, 'rate_limited', 'Slower.', { 'retry-after': '0.1' })
      if (one.number === 2) return refused(503, 'overloaded', 'Later.', { 'retry-after': '0.1' })
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 20))
      open--
      return judged(one)
    })
    const path = write(Array.from({ length: 9 }, (_, index) => pair(index)))
    const { code } = await plumbline(['eval', path, '--repeats', '0', '--concurrency', '3'], {
      env,
      cwd: folder,
    })
    expect([code, seen.length, most]).toEqual([0, 11, 3])
  })

  it('stops at a failure that concerns all pairs, and keeps what is finished', async () => {
    const { env, seen } = await listen((one) =>
      one.number === 3 ? refused(401, 'unauthorized', 'No such API key.') : judged(one),
    )
    const path = write(Array.from({ length: 9 }, (_, index) => pair(index)))
    const { code, stderr } = await plumbline(['eval', path, '--repeats', '0', '--concurrency', '1'], {
      env,
      cwd: folder,
    })
    expect([code, seen.length]).toEqual([1, 3])
    expect(stderr).toContain('plumbline: No such API key.')
    expect(results()).toHaveLength(2)
    const down = await plumbline(['eval', path, '--repeats', '0'], {
      env: { PLUMBLINE_URL: await nowhere() },
      cwd: folder,
    })
    expect(down).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing listens at') })
  })

  it('names the line of a file that is wrong', async () => {
    const said = async (content: string, ...args: string[]) => {
      const path = join(folder, 'bad.jsonl')
      writeFileSync(path, content)
      const { code, stderr } = await plumbline(['eval', path, '--repeats', '0', ...args], { cwd: folder })
      expect(code).toBe(1)
      return stderr
    }
    const good = JSON.stringify({ id: 'a', ...pair(1) })
    expect(await said(`${good}\n\nnot json`)).toContain("Line 3 of '")
    expect(await said('{"prompt":"a","responses":["b"],"label":"first"}')).toContain("'responses")
    expect(await said('{"prompt":5}')).toContain("is no pair: 'prompt' must be a string or an array.")
    expect(await said('[{"input":"a"}]')).toContain('LLMBar')
    expect(await said(`${good}\n${good}`)).toContain("the id 'a' twice")
    expect(await said('')).toContain('holds no pair')
    const mine = join(folder, 'mine.txt')
    writeFileSync(mine, 'my notes')
    expect(await said(good, '--output', '/dev/zero')).toContain('no ordinary file')
    expect(await said(good, '--output', mine)).toContain('name another --output')
    expect(readFileSync(mine, 'utf8')).toBe('my notes')
  })
})

function orders(forward: number, backward: number): PairJudgment['orders'] {
  const order = (name: 'forward' | 'backward', score: number) => ({
    order: name,
    vote: 0,
    score,
    criteria: [],
  })
  return [order('forward', forward), order('backward', backward)]
}
