import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { rewardRequest } from '../../shared/protocol/reward.ts'

const RUBRIC = '1. The response is good. [Hard Rule]\n2. The response is short. [Principle]'

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
sys.path.insert(0, ${JSON.stringify(new URL('.', import.meta.url).pathname)})
sys.dont_write_bytecode = True
import plumbline_reward as p
label = ${JSON.stringify(label)}
batch = [[{"role": "assistant", "content": c}] for c in ["abc", "", "fails", "ab"]]
print(json.dumps(p.reward([], batch, [label] * 4, ["rubric-arm/judge"] * 4)))
print(json.dumps(asyncio.run(p.compute_score("rubric-arm/judge", "abcd", label))))
`
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
