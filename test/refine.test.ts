import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApp } from '../api/testing/test-app.ts'
import { plumbline, start } from '../cli/testing/command.ts'
import type { Clause, MetaRubricLayer } from '../shared/protocol/rubric.ts'
import { readRecordedExample } from '../shared/protocol/training/recorded.ts'
import { SHIPPED_LAYERS } from '../shared/rubric/meta-rubrics.ts'

/** `plumbline refine` against the real edge, whose judge is a model with one weakness: a clause that misleads it. */

const [general] = SHIPPED_LAYERS
const code = SHIPPED_LAYERS.find(({ name }) => name === 'code')
if (!general || !code) throw new Error('A layer is missing.')

const flattery: Clause = {
  id: 'flattery',
  level: 'important',
  title: 'Praises the person who asks',
  description: 'Opens with a compliment about the question and closes with another one.',
  applies: 'Somebody writes in an insecure tone.',
}
const house: MetaRubricLayer = { ...general, name: 'house', pool: [...general.pool, flattery] }
const codeFlattery = { ...flattery, id: 'code-flattery' }
const shop: MetaRubricLayer = { ...code, name: 'code-shop', pool: [...code.pool, codeFlattery] }

const PAIRS = 60
const pairs = Array.from({ length: PAIRS }, (_, index) => ({
  id: `p${index}`,
  prompt: `Question ${index}?`,
  // one that nobody can judge
  responses: index === 50 ? ['GOOD', ''] : index % 2 === 0 ? ['GOOD', 'bad'] : ['bad', 'GOOD'],
  label: index % 2 === 0 ? 'first' : 'second',
}))

let app: Awaited<ReturnType<typeof openTestApp>>
let server: ReturnType<typeof createServer>
let env: Record<string, string>
let folder: string
let file: string

beforeAll(async () => {
  app = await openTestApp()
  app.models.replies.rubric = (text) => {
    const clause = /- (\S*flattery) \[/.exec(text)?.[1]
    const criterion = { description: 'It is so.', level: 'core' }
    const right = { ...criterion, title: 'Is right', clause: null }
    return JSON.stringify({ criteria: clause ? [{ ...criterion, title: 'Praises', clause }] : [right] })
  }
  app.models.replies.verdicts = (text) => {
    const number = Number(/Question (\d+)/.exec(text)?.[1])
    const right = /<response_a [0-9a-f]{8}>\nGOOD/.test(text) ? 2 : -2
    const verdict = text.includes('Praises') && number % 3 === 0 ? -right : right
    return JSON.stringify({ verdicts: [{ criterion: 'c01', evidence: 'x', reason: 'y', verdict }] })
  }
  server = createServer(async (request, response) => {
    const answer = await app.send(request.url ?? '/', await toInit(request))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  env = { PLUMBLINE_URL: `http://127.0.0.1:${port}`, PLUMBLINE_API_KEY: app.key }
  folder = mkdtempSync(join(tmpdir(), 'plumbline-refine-'))
  file = join(folder, 'pairs.jsonl')
  writeFileSync(file, pairs.map((pair) => JSON.stringify(pair)).join('\n'))
  await app.ask('/v1/meta-rubrics', { layer: house })
  await app.ask('/v1/meta-rubrics', { layer: shop })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
})
beforeEach(() => {
  app.models.manner = 'well'
})

async function toInit(request: IncomingMessage): Promise<RequestInit> {
  const method = request.method ?? 'GET'
  const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' }
  return method === 'GET' ? { headers } : { method, headers, body: new Uint8Array(await buffer(request)) }
}

const SIZES = ['--generations', '2', '--minibatch', '12', '--beam', '1', '--seed', '3']
const args = (layer: string, ...more: string[]) => {
  const journal = join(folder, `${layer}.journal`)
  return ['refine', file, '--layer', layer, '--proposer', 'mutation', '--journal', journal, ...SIZES, ...more]
}
const refine = async (...given: Parameters<typeof args>) => {
  const { code, stdout, stderr } = await plumbline(args(...given, '--json'), { env, cwd: folder })
  return { code, stderr, report: JSON.parse(stdout) }
}
const editsOf = (members: { edit: unknown; fate: string }[]) =>
  members.map(({ edit, fate }) => ({ edit, fate }))

describe('plumbline refine', () => {
  it('finds the clause that misleads, tests once and files the next version, once', async () => {
    const { code, report, stderr } = await refine('house', '--publish', '--by', 'ann')
    expect(code).toBe(0)
    expect(report.kept).toMatchObject([{ edit: { op: 'delete', id: 'flattery' }, fate: 'accepted' }])
    expect(report.test.before.accuracy).toBeLessThan(0.9)
    expect(report.test.after.accuracy).toBe(1)
    expect(report.spent.judging.judge_calls).toBeGreaterThan(100)
    expect(report.filed.version).toBe(2)
    expect(stderr).toContain("accepted: delete 'flattery'")
    const version = await app.ask('/v1/meta-rubrics/house/versions/2')
    expect(version).toMatchObject({ by: 'ann', lineage: { parent: 1 } })
    expect(version.note).toContain("delete 'flattery'")

    const calls = app.models.calls
    const again = await refine('house', '--publish', '--by', 'ann')
    expect(again.report).toEqual(report)
    expect(app.models.calls).toBe(calls)
    expect((await app.ask('/v1/meta-rubrics/house/versions')).data.length).toBe(2)

    const text = await plumbline(args('house'), { env, cwd: folder })
    expect(text.stdout).toMatch(/kept +delete 'flattery'; It gains 0\.\d+ on dev/)
    expect(text.stdout).toMatch(/test, after +100\.0 % right/)
  })

  it('is killed at any moment, goes on, and ends the same', async () => {
    await app.ask('/v1/meta-rubrics', { layer: { ...house, name: 'mortal' } })
    app.models.manner = 'slowly'
    const journal = join(folder, 'mortal.journal')
    for (const lines of [3, 70]) {
      const { child, ended } = start(args('mortal'), { env, cwd: folder })
      const written = () => readLines(journal).length
      while (written() < lines && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5))
      const second = await plumbline(args('mortal'), { env, cwd: folder })
      expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('is writing to')])
      child.kill('SIGKILL')
      await ended
      appendFileSync(journal, '{"key":"half a li')
    }
    app.models.manner = 'well'
    const { report } = await refine('mortal')
    const whole = await refine('house')
    expect(editsOf(report.members)).toEqual(editsOf(whole.report.members))
    expect(report.kept.map(({ hash }: { hash: string }) => hash)).toEqual(
      whole.report.kept.map(({ hash }: { hash: string }) => hash),
    )
    const trials = readLines(journal).filter((line) => line.includes(`"trial":`))
    expect(new Set(trials.map((line) => JSON.parse(line).key)).size).toBe(trials.length)
  })

  it('posts edits of a domain layer as proposals with their effect, and changes nothing', async () => {
    const { report } = await refine('code-shop')
    expect(report.best.hash).toBe(report.members[0].hash)
    expect(report.filed.proposals.length).toBeGreaterThan(0)
    const { data } = await app.ask('/v1/meta-rubrics/code-shop/proposals')
    const removal = data.find(({ edit }: { edit: { op: string; id: string } }) => edit.id === 'code-flattery')
    expect(removal).toMatchObject({
      status: 'proposed',
      by: 'plumbline refine',
      base: 1,
      effect: { pairs: 18, compared: 18, after: 1, worsened: [] },
    })
    expect(removal.evidence.length).toBeGreaterThan(0)
    expect((await app.ask('/v1/meta-rubrics/code-shop')).version).toBe(1)
    const again = await refine('code-shop')
    expect(again.report.filed).toEqual(report.filed)
  })

  it('samples a policy edit by edit, and writes what each completion gained to train it on', async () => {
    const written = [{ op: 'delete', id: 'flattery' }, { op: 'delete', id: 'honesty' }, null]
    let calls = 0
    await app.ask('/v1/meta-rubrics', { layer: { ...house, name: 'schooled' } })
    app.models.replies.edits = () => {
      const change = written[calls++ % written.length]
      const rest = { ...flattery, rationale: 'So.' }
      return change ? JSON.stringify({ changes: [{ ...rest, ...change }] }) : 'I would rather not.'
    }
    const groups = join(folder, 'groups.jsonl')
    const journal = join(folder, 'policy.journal')
    const options = ['--proposer', 'policy', '--journal', journal, '--generations', '1', '--children', '3']
    const { report } = await refine('schooled', ...options, '--groups', groups)
    expect(report.kept).toMatchObject([{ edit: { op: 'delete', id: 'flattery' }, origin: 'model' }])
    const [group, ...others] = readLines(groups).map((line) => readRecordedExample(JSON.parse(line)))
    expect(others).toEqual([])
    expect(group?.prompt).toHaveLength(2)
    const [cured, refused, babbled] = group?.completions ?? []
    expect(cured?.reward).toBeGreaterThan(0.1)
    expect([refused?.reward, babbled]).toEqual([
      0,
      { text: 'I would rather not.', finish: 'stop', reward: 0 },
    ])

    const asked = calls
    const again = await refine('schooled', ...options, '--groups', join(folder, 'again.jsonl'))
    expect([again.report, calls]).toEqual([report, asked])
    expect(readLines(join(folder, 'again.jsonl'))).toEqual(readLines(groups))
  })

  it('stops at its budget and says so', async () => {
    const { report } = await refine('house', '--budget', '600')
    expect(report.stopped).toBe('budget')
    expect(report.members.some(({ reason }: { reason: string | null }) => reason?.includes('budget'))).toBe(
      true,
    )
    expect(report.spent.judging.judge_calls).toBeLessThanOrEqual(600)
  })

  it('refuses a journal of something else, too few pairs, and a judge that gives no verdicts', async () => {
    const fails = async (...given: string[]) => {
      const { code, stderr } = await plumbline(given, { env, cwd: folder })
      expect(code).toBe(1)
      return stderr.trim().split('\n').at(-1)
    }
    const other = args('house')
    other[other.indexOf('house')] = 'code-shop'
    expect(await fails(...other)).toContain('is of another layer, file, judge or seed')
    const data = join(folder, 'data.txt')
    writeFileSync(data, 'Dear diary,\n')
    expect(await fails('refine', file, '--journal', data)).toContain('is not ours: name another --journal')
    expect(readFileSync(data, 'utf8')).toBe('Dear diary,\n')
    expect(await fails('refine', file, '--limit', '3')).toContain('too few')
    expect(await fails('refine', file, '--layer', 'none')).toContain("No meta-rubric is called 'none'")
    app.models.manner = 'prose'
    const broken = ['--journal', join(folder, 'broken'), '--layer', 'general', '--votes', '2']
    expect(await fails('refine', file, ...broken)).toContain(
      'no verdict on 12 pairs in a row (reply_not_json)',
    )
  })
})

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}
