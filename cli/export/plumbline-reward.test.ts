import { spawn, spawnSync } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { rewardRequest } from '../../shared/protocol/reward.ts'

const RUBRIC = '1. The response is good. [Hard Rule]\n2. The response is short. [Principle]'
const LABEL = JSON.stringify({ rubric: RUBRIC, pair: { winner: 'first' } })

type Asked = z.infer<typeof rewardRequest>
type Answer = (response: ServerResponse, body: Asked) => unknown

/** A reward for each response: its length, and none for one that fails. */
const lengths: Answer = (response, { responses }) => {
  const data = responses.map((one, index) => ({ index, reward: one === 'fails' ? null : one.length }))
  response.end(JSON.stringify({ object: 'reward.list', data }))
}

let close = () => {}
afterEach(() => close())

/** A service that gives these answers in turn, the last of them for good. */
async function serve(answers: Answer[]) {
  const asked: Asked[] = []
  let calls = 0
  const server = createServer(async (request, response) => {
    const body = rewardRequest.parse(await json(request))
    const answer = answers[Math.min(calls++, answers.length - 1)]
    asked.push(body)
    response.setHeader('content-type', 'application/json')
    answer?.(response, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => void server.close()
  const address = server.address()
  return { asked, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` }
}

/** What the last line of a program prints, and what the sleeps before it were. */
async function python(url: string, program: string, env: Record<string, string> = {}) {
  const begun = `
import asyncio, json, sys
sys.path.insert(0, ${JSON.stringify(new URL('.', import.meta.url).pathname)})
sys.dont_write_bytecode = True
import plumbline_reward as p
waits = []
p.time.sleep = waits.append
label = ${JSON.stringify(LABEL)}
one = lambda text: asyncio.run(p.compute_score("rubric-arm/judge", text, label))
`
  const child = spawn('python3', ['-c', `${begun}\n${program}\nprint(json.dumps(waits))`], {
    env: { PATH: process.env.PATH, PLUMBLINE_URL: url, PLUMBLINE_API_KEY: 'secret', ...env },
  })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const printed: unknown[] = output
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { printed, errors }
}

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('plumbline_reward.py', () => {
  it('asks for the rewards of a batch by row, null where there is none, 0 for an empty completion', async () => {
    const { url, asked } = await serve([lengths])
    const { printed, errors } = await python(
      url,
      `batch = [[{"role": "assistant", "content": c}] for c in ["abc", "", "fails", None, "ab"]]
print(json.dumps(p.reward([], batch, [label] * 5, ["rubric-arm/judge"] * 5)))
print(json.dumps(one("abcd")))`,
    )
    expect(errors).toBe('')
    expect(printed).toEqual([[3, 0, null, 0, 2], 4, []])
    expect(asked.map(({ responses }) => responses)).toEqual([['abc', 'fails', 'ab'], ['abcd']])
    expect(asked[0]).toMatchObject({ protocol: 'rubric-arm/judge', pair: { winner: 'first' } })
  })

  it('asks again where a service is busy, gone half-way or not speaking JSON, and as late as it is told', async () => {
    const { url, asked } = await serve([
      (response) => response.writeHead(503, { 'retry-after': '7' }).end('{}'),
      (response) => response.writeHead(429).end(),
      (response) =>
        response.writeHead(200, { 'content-length': '50' }).write('{"data"', () => response.destroy()),
      (response) => response.end('<html>'),
      (response) => response.destroy(),
      lengths,
    ])
    const { printed, errors } = await python(url, 'print(json.dumps(one("abcd")))')
    expect(errors).toBe('')
    expect(printed).toEqual([4, [7, 1, 2, 4, 8]])
    expect(asked).toHaveLength(6)
  })

  it.each([
    ['a reward that is none', lengths, 'the judge failed', 1],
    [
      'a mistake of ours',
      (response: ServerResponse) => response.writeHead(422).end('no pair'),
      '422: no pair',
      1,
    ],
    ['a service that never comes up', (response: ServerResponse) => response.destroy(), 'gives no answer', 8],
    [
      'a redirect, which would take the key with it',
      (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end(),
      'answers 302',
      1,
    ],
    [
      'a reward that is no number',
      (response: ServerResponse) => response.end('{"data": [{"reward": NaN}]}'),
      'answers nan for a reward',
      1,
    ],
  ])('gives no number for %s', async (_name, answer, said, calls) => {
    const { url, asked } = await serve([answer])
    const { printed, errors } = await python(url, 'print(json.dumps(one("fails")))')
    expect(printed).toEqual([])
    expect(errors).toContain(said)
    expect(errors).not.toContain('secret')
    expect(asked).toHaveLength(calls)
  })

  it("puts the caller's own number where there is none, and says so", async () => {
    const { url } = await serve([lengths])
    const { printed, errors } = await python(
      url,
      `print(json.dumps(one("fails")))
print(json.dumps(p.reward([], ["fails", "ab"], [label] * 2, ["rubric-arm/judge"] * 2)))`,
      { PLUMBLINE_ON_ERROR: '-1' },
    )
    expect(printed).toEqual([-1, [-1, 2], []])
    expect(errors).toContain('1 of 2 rewards are PLUMBLINE_ON_ERROR')
  })
})
