import { expect, test, vi } from 'vitest'
import { openRun } from './testing/run.ts'
import { bodyOf } from './testing/test-app.ts'

const FOUR = ['GOOD GOOD', 'GOOD', 'bad', 'bad']
const hasty = { query: 'against=group&wait=0.4' }

test('single calls of one prompt wait for each other and are rewarded as a group, each judged once', async () => {
  const { slime, groups, models } = await openRun()
  const replies = await Promise.all(FOUR.map((text) => slime(text)))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const rewards = await Promise.all(replies.map(bodyOf))
  expect(rewards[2]).toBe(rewards[3])
  expect(rewards[0]).toBeGreaterThan(rewards[2])
  expect(rewards[1]).toBeGreaterThan(rewards[2])
  const [group, ...others] = await groups()
  expect(others).toEqual([])
  expect(group).toMatchObject({ closed: 'full', sequence: 0, step: 0, size: 4, waiting: 0 })
  expect(group.meta_rubric).toMatch(/@\d+$/)
  expect(FOUR).toContain(group.anchor)
  const recorded = group.members.map(({ response, reward }: { response: string; reward: number }) => [
    response,
    reward,
  ])
  expect(recorded.toSorted()).toEqual(FOUR.map((text, at) => [text, rewards[at]]).toSorted())
  expect(group.members.flatMap(({ judgments }: { judgments: string[] }) => judgments).length).toBeGreaterThan(
    0,
  )
  for (const { headers } of replies) expect(headers.get('x-plumbline-groups')).toBe(group.id)
  expect(models.calls).toBeGreaterThan(0)
})

test('the order in which members come changes no reward', async () => {
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
  ]
  const found = await Promise.all(
    orders.map(async (order) => {
      const { slime } = await openRun({ name: 'same' })
      const rewards: number[] = []
      await Promise.all(
        order.map(async (at, turn) => {
          await new Promise((resolve) => setTimeout(resolve, 5 * turn))
          rewards[at] = await bodyOf(await slime(['GOOD GOOD GOOD', 'GOOD', 'bad', 'GOOD bad'][at] ?? ''))
        }),
      )
      return rewards
    }),
  )
  expect(found[1]).toEqual(found[0])
  expect(found[2]).toEqual(found[0])
})

test('200 different responses to one prompt at once make 25 groups of eight', async () => {
  const { rewards, groups } = await openRun({ group_size: 8 })
  const texts = Array.from({ length: 200 }, (_, at) => `${'GOOD '.repeat(at % 3)}answer ${at}`)
  expect((await rewards(texts)).every((reward) => typeof reward === 'number')).toBe(true)
  const made = await groups()
  expect(made.map(({ closed }: { closed: string }) => closed)).toEqual(
    Array.from({ length: 25 }, () => 'full'),
  )
  const members = made.flatMap((group: { members: { response: string }[] }) => group.members)
  expect(new Set(members.map(({ response }: { response: string }) => response)).size).toBe(200)
})

test('what a group spent is told once, to the call that had it judged, and a retry spends nothing', async () => {
  const { ask, url } = await openRun({ group_size: 2 })
  const score = (text: string) =>
    ask(url('protocol=openrs&against=group', 'inference/nvidia/v1/chat/completions'), {
      model: 'm',
      messages: [
        { role: 'user', content: 'Say something.' },
        { role: 'assistant', content: text },
      ],
    })
  const spent = ({ usage }: { usage: { total_tokens: number } }) => usage.total_tokens > 0
  const replies = await Promise.all(['GOOD', 'bad'].map(score))
  expect(replies.filter(spent).length).toBe(1)
  expect(spent(await score('GOOD'))).toBe(false)
})

test('NeMo-Gym responses that are compared by another principle are another group', async () => {
  const { ask, url, groups } = await openRun({ group_size: 2 })
  const object = (text: string) => ({
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
  })
  for (const principle of ['Be short.', 'Be kind.']) {
    await ask(url('against=group', 'rlhf/nemo-gym/compare'), {
      conversation_history: [{ role: 'user', content: 'Say something.' }],
      response_objs: ['GOOD', 'bad'].map(object),
      principle,
    })
  }
  const made = await groups()
  const told = made.map((group: { settings: object }) => JSON.stringify(group.settings))
  expect(told.toSorted()).toEqual([expect.stringContaining('Be kind.'), expect.stringContaining('Be short.')])
})

test('200 calls at once make 50 groups of four', async () => {
  const { rewards, groups } = await openRun()
  const prompts = Array.from({ length: 50 }, (_, at) => `Say ${at}.`)
  const found = await Promise.all(prompts.map((prompt) => rewards(FOUR, { prompt })))
  for (const [, , third, fourth] of found) expect(third).toBe(fourth)
  const made = await groups()
  expect(made.length).toBe(50)
  for (const { closed, members } of made) {
    expect(closed).toBe('full')
    expect(members.length).toBe(4)
  }
})

test('a retry of a call gets the recorded reward, ten times over, and costs nothing', async () => {
  const { slime, rewards, groups, models } = await openRun()
  const [, good] = await rewards(FOUR)
  const before = models.calls
  for (let time = 0; time < 10; time++) expect(await bodyOf(await slime('GOOD'))).toBe(good)
  expect(models.calls).toBe(before)
  const [{ members }] = await groups()
  expect(members.length).toBe(4)
})

test('the second epoch of a prompt opens another group', async () => {
  const { rewards, groups } = await openRun()
  await rewards(FOUR)
  await rewards(['GOOD now', 'bad now', 'bad then', 'GOOD then'])
  expect((await groups()).map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 0])
})

test('a group closes before its first client gives up; who comes then is late, is marked and is compared with its anchor', async () => {
  const { slime, rewards, groups } = await openRun()
  await rewards(['GOOD', 'bad'], { headers: { 'x-deadline-ms': '3000' } })
  const [{ id, anchor }] = await groups()
  const late = await slime('GOOD GOOD GOOD')
  expect(late.headers.get('x-plumbline-late')).toBe('0')
  expect(late.headers.get('x-plumbline-groups')).toBe(id)
  const reward = await bodyOf(late)
  const [group] = await groups()
  expect(group).toMatchObject({ id, closed: 'partial', anchor })
  const [member] = group.members.filter(({ late }: { late: boolean }) => late)
  expect(member).toMatchObject({ response: 'GOOD GOOD GOOD', reward })
  expect(await bodyOf(await slime('GOOD GOOD GOOD'))).toBe(reward)
  await slime('bad too')
  expect((await groups())[0].members.length).toBe(4)
})

test('a call that nobody joins is a 503 that is worth repeating, and its repeat waits anew', async () => {
  const { slime, rewards, groups } = await openRun()
  const alone = await slime('GOOD', hasty)
  expect(alone.status).toBe(503)
  expect(alone.headers.get('retry-after')).not.toBeNull()
  expect((await bodyOf(alone)).error.message).toContain('Nobody else came for this prompt')
  const [good, bad] = await rewards(FOUR)
  expect(good).toBeGreaterThanOrEqual(bad)
  const made = await groups()
  expect(made.length).toBe(1)
  expect(made[0]).toMatchObject({ closed: 'full', sequence: 0 })
})

test('on_error stands in for a call that nobody joins, and is not recorded', async () => {
  const { slime, groups } = await openRun()
  const reply = await slime('GOOD', { query: 'against=group&wait=0.4&on_error=-0.25' })
  expect(reply.headers.get('x-plumbline-substituted')).toBe('1')
  expect(await bodyOf(reply)).toBe(-0.25)
  expect((await groups())[0].members).toEqual([])
})

test('where the run has an anchor for the prompt, a call that nobody joins is compared with it', async () => {
  const { ask, id, slime, groups } = await openRun()
  await ask(`/v1/runs/${id}/anchors`, { anchors: [{ prompt: 'Say something.', response: 'bad' }] })
  expect(await bodyOf(await slime('GOOD', hasty))).toBeGreaterThan(0)
  expect((await groups())[0]).toMatchObject({ closed: 'partial', anchor: 'bad' })
})

test('whoever hangs up while waiting is no member, and the repeat takes the place', async () => {
  const { slime, groups } = await openRun()
  const gone = new AbortController()
  const left = slime('GOOD', { signal: gone.signal })
  await vi.waitFor(async () => expect((await groups())[0]?.waiting).toBe(1))
  gone.abort()
  await Promise.resolve(left).catch(() => null)
  await vi.waitFor(async () => expect((await groups())[0].waiting).toBe(0))
  await Promise.all(FOUR.map((text) => slime(text)))
  expect((await groups())[0].members.length).toBe(4)
})

test('an id tells a retry from an equal response of another sample', async () => {
  const { call, url, groups } = await openRun()
  const send = async (id: string, response: string) =>
    bodyOf(
      await call(url('against=group&wait=5', 'plumbline'), { samples: [{ id, prompt: 'Hi', response }] }),
    )
  const sent = [send('a', 'GOOD'), send('a', 'GOOD'), send('b', 'GOOD'), send('c', 'bad')]
  await vi.waitFor(async () => expect((await groups())[0]?.waiting).toBe(3))
  const replies = await Promise.all([...sent, send('d', 'bad')])
  const rewards = replies.map(({ rewards: [{ reward }] }) => reward)
  expect(rewards[0]).toBe(rewards[1])
  expect(rewards[0]).toBe(rewards[2])
  const [{ members }] = await groups()
  expect(members.map(({ id }: { id: string }) => id).toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect((await send('a', 'GOOD')).rewards[0].reward).toBe(rewards[0])
  expect((await groups()).length).toBe(1)
})

test('the samples of one body enter together', async () => {
  const { ask, url, groups } = await openRun()
  const samples = FOUR.map((response) => ({ prompt: 'Hi', response }))
  const { rewards } = await ask(url('against=group', 'plumbline'), { samples })
  expect(rewards.length).toBe(4)
  expect((await groups())[0]).toMatchObject({ closed: 'full' })
})

test('a reward that could not be made is a 503 and not recorded, and is made when the call is repeated', async () => {
  const { models, slime, rewards, groups } = await openRun()
  models.manner = 'unreachable'
  const failed = await Promise.all(FOUR.map((text) => slime(text)))
  const [{ id, anchor, members }] = await groups()
  expect(failed.map(({ status }) => status)).toEqual(FOUR.map((text) => (text === anchor ? 200 : 503)))
  for (const { response, reward } of members) expect(reward).toBe(response === anchor ? 0 : null)
  models.manner = 'well'
  const [good, , bad] = await rewards(FOUR)
  expect(good).toBeGreaterThan(bad)
  expect((await groups()).map((group: { id: string }) => group.id)).toEqual([id])
})
