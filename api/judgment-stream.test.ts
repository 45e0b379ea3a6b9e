import { EventSourceParserStream } from 'eventsource-parser/stream'
import { expect, test } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

type TestApp = Awaited<ReturnType<typeof openTestApp>>

async function eventsOf(app: TestApp, body: object) {
  const response = await app.call('/v1/judgments', { ...body, stream: true })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const events: { event: string | undefined; data: ReturnType<typeof JSON.parse> }[] = []
  const reader = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    events.push({ event: next.value.event, data: JSON.parse(next.value.data) })
  }
  return events
}

const body = (prompt: string) => ({ prompt, responses: ['GOOD GOOD', 'bad'] })
const constraints = [{ kind: 'word_count', max: 9 }]

test('a judgment is told as it is made, and the result is the judgment', async () => {
  const app = await openTestApp()
  app.models.manner = 'slowly'
  const events = await eventsOf(app, { ...body('Told?'), constraints })
  const names = events.map(({ event }) => event)
  expect(names.slice(0, 3)).toEqual(['verifier', 'verifier', 'rubric'])
  expect(names.filter((event) => event === 'verdict').length).toBe(6)
  expect(names.at(-1)).toBe('result')
  const result = events.at(-1)?.data
  expect(result).toMatchObject({ winner: 'first', usage: { cache: 'miss' } })
  expect(await app.ask(`/v1/judgments/${result.id}`)).toEqual(result)
})

test('whoever joins hears what has happened, and a filed judgment is told again', async () => {
  const app = await openTestApp()
  app.models.manner = 'slowly'
  const first = eventsOf(app, body('Join?'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const told = await Promise.all([first, eventsOf(app, body('Join?'))])
  const later = await eventsOf(app, body('Join?'))
  const [made, joined] = told.map((events) => events.map(({ event }) => event))
  expect(joined).toEqual(made)
  expect(later.map(({ event }) => event).toSorted()).toEqual(made?.toSorted())
  expect(told.map((events) => events.at(-1)?.data.usage.cache)).toEqual(['miss', 'hit'])
  expect(later.at(-1)?.data.usage).toMatchObject({ cache: 'hit', judge_calls: 0 })
})

test('findings are turned round to the order that the caller gave', async () => {
  const app = await openTestApp()
  const { prompt, responses } = body('Turn?')
  for (const given of [responses, responses.toReversed()]) {
    const events = await eventsOf(app, { prompt, responses: given })
    const forward = events.filter(({ event, data }) => event === 'verdict' && data.order === 'forward')
    const sign = given === responses ? 2 : -2
    expect(forward.map(({ data }) => data.criterion.verdict)).toEqual([sign, sign, sign])
  }
})

test('a listener who leaves stops nothing', async () => {
  const app = await openTestApp()
  app.models.manner = 'slowly'
  const response = await app.call('/v1/judgments', { ...body('Leave?'), stream: true })
  await response.body?.cancel()
  const judgment = await app.ask('/v1/judgments', body('Leave?'))
  expect(judgment).toMatchObject({ winner: 'first', usage: { cache: 'hit' } })
})

test('a failed judgment ends in a result that says so', async () => {
  const app = await openTestApp()
  app.models.manner = 'prose'
  const events = await eventsOf(app, body('Prose?'))
  expect(events.at(-1)).toMatchObject({
    event: 'result',
    data: { winner: null, error: { code: 'reply_not_json' } },
  })
})
