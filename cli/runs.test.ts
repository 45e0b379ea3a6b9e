import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseWith } from '../shared/protocol/parse.ts'
import { runSettings } from '../shared/protocol/run.ts'
import { openGroup } from '../shared/runs/phases.ts'
import { recordScores } from '../shared/runs/record-scores.ts'
import { showRun } from '../shared/runs/show-run.ts'
import { openRun } from '../shared/runs/state.ts'
import { plumbline } from './testing/command.ts'

const classes = { short: ['short'], polite: ['polite'] }
const settings = parseWith(runSettings, { classes, prompts_per_step: 1, phase_steps: 2 })

/** A run after so many groups, as the service would tell it. */
function told(groups: number) {
  let state = openRun(settings)
  for (let at = 0; at < groups; at++) {
    const { state: opened, ...place } = openGroup(settings, state)
    state = recordScores(
      settings,
      opened,
      place,
      [{ classes: { short: 0.5, polite: 0.25 }, masked: false }],
      null,
    )
  }
  return {
    ...showRun('mine', 0, settings, state),
    reward_urls: { 'rlhf/slime': 'http://here/slime', 'rlhf/openrlhf': 'http://here/openrlhf' },
  }
}

let seen: { url: string; body: string; key: unknown }[]
let server: ReturnType<typeof createServer>
let env: Record<string, string>
beforeEach(async () => {
  seen = []
  server = createServer(async (request, response) => {
    seen.push({ url: request.url ?? '', body: await text(request), key: request.headers['idempotency-key'] })
    const all = { object: 'list', data: [told(7), told(0)], has_more: true }
    const found = request.url?.startsWith('/v1/runs?') && request.method === 'GET' ? all : told(7)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(found))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  env = { PLUMBLINE_URL: `http://127.0.0.1:${port}` }
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

it('makes a run with its settings, and says what the trainer is to be given', async () => {
  const set = ['--set', 'name=mine', '--set', 'selector.kind=exp3', '--set', 'classes={"short":["short"]}']
  const { code, stdout } = await plumbline(['runs', 'create', ...set], { env })
  expect(code).toBe(0)
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    ...{ name: 'mine', selector: { kind: 'exp3' }, classes: { short: ['short'] } },
  })
  expect(seen[0]?.key).toMatch(/^[0-9a-f-]{36}$/)
  expect(stdout).toMatch(/reward URL +http:\/\/here\/openrlhf\nor by +rlhf\/slime\n/)
})

it('shows the phases and the class scores of a run', async () => {
  const { stdout } = await plumbline(['runs', 'show', 'mine'], { env })
  expect(stdout).toMatch(/class +polite, step 1 of 2\n/)
  expect(stdout).toMatch(/ {2}polite +0\.2500 ± 0\.0000, last at step 7\n/)
  expect(stdout).toMatch(/phase 1 +short by ucb, 2 steps to its length, overall 0\.3750\n/)
  expect(stdout).toContain('on-policy proxy')
  const { stdout: json } = await plumbline(['runs', 'step', 'mine', '--json'], { env })
  expect(JSON.parse(json)).toMatchObject({ id: 'mine', step: 7 })
  expect(seen.at(-1)?.url).toBe('/v1/runs/mine/steps')
})

it('lists runs', async () => {
  const { stdout } = await plumbline(['runs', 'list'], { env })
  expect(stdout.split('\n')[1]).toMatch(/^mine +7 +polite +0\.3750 +1970-01-01 00:00$/)
  expect(stdout.split('\n')[2]).toMatch(/^mine +0 +- +- /)
  expect(stdout).toContain('There are older ones: --before mine')
  await plumbline(['runs', 'list', '--limit', '5', '--before', 'a&b'], { env })
  expect(seen.map(({ url }) => url)).toEqual(['/v1/runs?limit=20', '/v1/runs?limit=5&before=a%26b'])
})
