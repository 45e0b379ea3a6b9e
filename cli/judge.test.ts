import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { plumbline } from './testing/command.ts'
import { judged, nowhere, type Reply, refused, type Seen, serve } from './testing/service.ts'

let service: Awaited<ReturnType<typeof serve>> | null = null
afterEach(async () => {
  await service?.close()
  service = null
})

async function judge(answer: (seen: Seen) => Reply, args: string[], stdin = '') {
  service = await serve(answer)
  const env = { PLUMBLINE_URL: service.url, PLUMBLINE_API_KEY: 'pl_test' }
  return plumbline(['judge', ...args], { env, stdin })
}

const TEXTS = ['--prompt', 'Why?', '--first', 'good', '--second', 'bad']

describe('plumbline judge', () => {
  it('prints rubric, verdicts of both orders with evidence, winner and usage', async () => {
    const { code, stdout } = await judge(judged, TEXTS)
    expect(code).toBe(0)
    expect(stdout).toContain('Winner: first  score +1.50  confidence 0.90')
    expect(stdout).toContain('[core] Answers the question')
    expect(stdout).toMatch(/forward +first \+1\.50 +"a quote" a reason/)
    expect(stdout).toMatch(/backward +first \+1\.50/)
    expect(stdout).toContain('4 judge calls, 100 prompt tokens (50 cached), 10 completion tokens')
    expect(stdout).not.toContain('\u001b')
    expect(service?.seen[0]?.authorization).toBe('Bearer pl_test')
  })

  it('says where the prompt was routed to', async () => {
    const ranking = ['code', 'general', 'safety', 'medicine'].map((name, place) => ({
      ...{ name: `${name}@1`, probability: [0.7, 0.2, 0.08, 0.02][place] ?? 0 },
    }))
    const route = { meta_rubric: 'code@1', confidence: 0.7, ranking }
    const { stdout } = await judge((seen) => judged(seen, { route }), [...TEXTS, '--meta-rubric', 'auto'])
    expect(stdout).toContain('routed to code@1 (code@1 0.70, general@1 0.20, safety@1 0.08)')
  })

  it('prints what a judge wrote of the pair as a whole, and a reply that could not be read', async () => {
    const opinion = { verdict: 2, confidence: null, reason: 'It rhymes.', gatekeeper: 'Has one verse' }
    const unread = { verdict: null, confidence: null, reason: null, raw: 'No\u001b[31m idea' }
    const { stdout } = await judge(
      (seen) =>
        judged(seen, {
          protocol: 'rubric-arm',
          orders: [
            { order: 'forward', vote: 0, score: 2, criteria: [], opinion },
            { order: 'backward', vote: 0, score: null, criteria: [], opinion: unread },
          ],
        }),
      [...TEXTS, '--protocol', 'rubric-arm'],
    )
    expect(stdout).toMatch(/forward\n +gatekeeper: Has one verse\n +It rhymes\./)
    expect(stdout).toContain('it wrote: No [31m idea')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/backward +no score/)
  })

  it('prints the judgment itself with --json', async () => {
    const { stdout } = await judge(judged, [...TEXTS, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ object: 'judgment', winner: 'first' })
  })

  it('reads texts from files and requests from standard input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-judge-'))
    writeFileSync(join(folder, 'second.txt'), 'good')
    const files = ['--prompt', 'Why?', '--first', 'bad', '--second-file', join(folder, 'second.txt')]
    expect((await judge(judged, files)).stdout).toContain('Winner: second')
    rmSync(folder, { recursive: true })
    await service?.close()
    const request = JSON.stringify({ prompt: 'Why?', responses: ['bad', 'good'] })
    expect((await judge(judged, ['--orders', 'mean'], request)).stdout).toContain('Winner: second')
  })

  it('keeps control characters of a model off the terminal', async () => {
    const hostile = (seen: Seen) =>
      judged(seen, {
        error: { code: 'reply_not_json', message: 'bad \u001b[31mred\u0007', type: 'service' },
        winner: null,
      })
    const { code, stdout } = await judge(hostile, TEXTS)
    expect(code).toBe(1)
    expect(stdout).toContain('No winner: bad [31mred  reply_not_json')
  })

  it('says the service’s own sentence when it refuses', async () => {
    const answer = () => refused(404, 'model_not_found', 'There is no model nope.')
    expect(await judge(answer, TEXTS)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'plumbline: There is no model nope.\n',
    })
    await service?.close()
    const { code, stdout } = await judge(answer, [...TEXTS, '--json'])
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'model_not_found'])
  })

  it('does not wait for what only its keeper can change', async () => {
    const answer = () => refused(503, 'not_configured', 'Set PLUMBLINE_MODELS.', { 'retry-after': '60' })
    expect(await judge(answer, TEXTS)).toMatchObject({
      code: 1,
      stderr: 'plumbline: Set PLUMBLINE_MODELS.\n',
    })
    expect(service?.seen).toHaveLength(1)
  })

  it('waits and repeats when it is told to, or when the connection breaks', async () => {
    const replies = [refused(503, 'loading', 'Loading.', { 'retry-after': '0' }), 'drop' as const]
    const { code, stdout, stderr } = await judge((seen) => replies[seen.number - 1] ?? judged(seen), TEXTS)
    expect([code, service?.seen.length]).toEqual([0, 3])
    expect(stderr).toContain('Loading. Trying again in 0 s.')
    expect(stdout).toContain('Winner: first')
  })

  it('says in one sentence what is missing, unreachable or not ours', async () => {
    const said = async (args: string[], options = {}) => {
      const { code, stderr } = await plumbline(['judge', ...args], options)
      expect(code).toBe(1)
      return stderr
    }
    expect(await said(['--prompt', 'Why?'])).toContain('Missing --first, --second')
    expect(await said([], { stdin: 'not json' })).toContain('is not a JSON object')
    expect(await said([])).toContain('Standard input is empty')
    expect(await said(['--prompt-file', '/nowhere'])).toContain("Can't read '/nowhere'")
    const url = await nowhere()
    expect(await said(TEXTS, { env: { PLUMBLINE_URL: url } })).toBe(
      `plumbline: Nothing listens at ${url}: start the service with 'npm start', or set PLUMBLINE_URL.\n`,
    )
    expect(await said(TEXTS, { env: { PLUMBLINE_URL: 'http://127.0.0.1:9' } })).toContain("can't be called")
    expect(await said(TEXTS, { env: { PLUMBLINE_URL: 'localhost:1' } })).toContain(
      'set it to an http or https URL',
    )
    const other = await judge(() => ({ body: { hello: 'world' } }), TEXTS)
    expect(other.stderr).toContain('does not answer like Plumbline')
  })
})
