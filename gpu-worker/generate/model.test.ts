import { describe, expect, test } from 'vitest'
import { TINY_NAMES } from '../nn/testing/tiny-models.ts'
import { expectSame, near } from './testing/expect-same.ts'
import { openTiny } from './testing/open-tiny.ts'
import { letterNoise, TinyModel, type TinyReply } from './testing/tiny-model.ts'

/** The whole engine but its thread and its texts, on a model of a few thousand weights. */

const PROMPTS = Array.from({ length: 8 }, (_, i) => letterNoise(20 + 60 * i, i + 1))

describe.each(['capi', 'stock'] as const)('over the %s runtime', (runtime) => {
  test('eight replies that join at different times are what each is alone', async () => {
    const tiny = await openTiny({ runtime })
    const options = PROMPTS.map((_, i) => ({ maxTokens: 120 - 11 * i }))
    const solo: TinyReply[] = []
    for (const [i, prompt] of PROMPTS.entries()) solo.push(await tiny.write(prompt, options[i]))
    const before = tiny.model.stats().passes
    const started = PROMPTS.map(() => Promise.withResolvers<void>())
    const together = await Promise.all(
      PROMPTS.map(async (prompt, i) => {
        await started[i - 1]?.promise
        return tiny.write(prompt, options[i], started[i]?.resolve)
      }),
    )
    together.forEach((reply, i) => {
      expectSame(reply, solo[i] ?? reply)
    })
    const { passes } = tiny.model.stats()
    expect((passes.rows - before.rows) / (passes.count - before.count)).toBeGreaterThan(1.5)
  })

  test('with a seed of its own each draws the same, whoever is beside it', async () => {
    const tiny = await openTiny({ runtime })
    const draw = (prompt: string, seed: number) => tiny.write(prompt, { temperature: 1, topP: 0.9, seed })
    const solo: TinyReply[] = []
    for (const [i, prompt] of PROMPTS.entries()) solo.push(await draw(prompt, i))
    const together = await Promise.all(PROMPTS.map((prompt, i) => draw(prompt, i)))
    together.forEach((reply, i) => {
      expectSame(reply, solo[i] ?? reply)
    })
  })
})

test('both runtimes give the same replies and the same probabilities', async () => {
  const [capi, stock] = [await openTiny({ runtime: 'capi' }), await openTiny({ runtime: 'stock' })]
  const prompt = letterNoise(300, 1)
  expectSame(await capi.write(prompt), await stock.write(prompt))
  const choices = ['AB', 'C', 'BAD']
  const [one, other] = [await capi.choose(prompt, choices), await stock.choose(prompt, choices)]
  expect(one.probabilities).toEqual(near(other.probabilities, 5))
})

describe('packed scoring', () => {
  const shared = letterNoise(40, 1)
  const [first, second] = [letterNoise(90, 2), letterNoise(120, 3)]
  const questions = [`${first}${second}`, `${second}${first}`].flatMap((texts) =>
    ['AAA', 'AABB', 'AABBCC', letterNoise(30, 4), letterNoise(50, 5)].map((criterion) => ({
      content: shared + texts + criterion,
      choices: criterion.length > 4 ? ['A', 'B', 'C'] : ['ABC', 'ABD', 'B', 'BAAAAB'],
    })),
  )

  test.for(TINY_NAMES)('of %s is what separate scoring is, however it is laid out', async (name) => {
    const separate = await openTiny({ name, limits: { cacheBytes: 0, scoreBatch: 0 } })
    const expected: number[][] = []
    for (const { content, choices } of questions) {
      expected.push((await separate.choose(content, choices)).probabilities)
    }
    for (const pack of [0, 8, 64, Number.POSITIVE_INFINITY]) {
      const packed = await openTiny({ name, limits: { pack } })
      // Some of it is cached.
      await packed.choose(shared + first, ['A', 'B'])
      const results = await Promise.all(
        questions.map(({ content, choices }) => packed.choose(content, choices)),
      )
      expect(results.map(({ probabilities }) => probabilities)).toEqual(
        expected.map((probabilities) => near(probabilities, 5)),
      )
      const { count } = packed.model.stats().passes
      if (pack === Number.POSITIVE_INFINITY) expect(count).toBe(4)
    }
  })

  test('questions that together are longer than the context are answered', async () => {
    const separate = await openTiny({ context: 64, limits: { cacheBytes: 0, scoreBatch: 0 } })
    const packed = await openTiny({ context: 64, limits: { pack: 500 } })
    const long = letterNoise(50, 1)
    const contents = [2, 3, 4, 5].map((seed) => long + letterNoise(9, seed))
    const expected: number[][] = []
    for (const content of contents)
      expected.push((await separate.choose(content, ['A', 'BCD'])).probabilities)
    const results = await Promise.all(contents.map((content) => packed.choose(content, ['A', 'BCD'])))
    expect(results.map(({ probabilities }) => probabilities)).toEqual(
      expected.map((probabilities) => near(probabilities, 5)),
    )
  })

  test('what questions share is computed and charged once', async () => {
    const tiny = await openTiny()
    const results = await Promise.all(questions.map(({ content, choices }) => tiny.choose(content, choices)))
    const charged = results.reduce((sum, { tokens }) => sum + tokens.prompt - tokens.cached, 0)
    const distinct = new Set(
      questions.flatMap(({ content }) => Array.from(content, (_, i) => content.slice(0, i + 1))),
    )
    expect(charged).toBe(distinct.size)
    // Choices of several tokens are run beside.
    expect(tiny.model.stats().passes.tokens).toBeLessThan(charged + 100)
  })

  test('a model can be disposed of while questions are being answered', async () => {
    const tiny = await TinyModel.open()
    const started = Promise.withResolvers<void>()
    const results = Promise.allSettled(
      questions.map(({ content, choices }) => tiny.choose(content, choices, {}, started.resolve)),
    )
    const reply = Promise.allSettled([tiny.write('ABC', { maxTokens: 900 })])
    await started.promise
    await tiny.dispose()
    for (const result of [...(await results), ...(await reply)]) {
      expect(result).toMatchObject({ reason: { message: 'The engine was closed; open it again.' } })
    }
  })

  test('a question that is given up harms no other', async () => {
    const tiny = await openTiny()
    const abort = new AbortController()
    const results = questions.map(({ content, choices }, i) =>
      tiny.choose(content, choices, i === 3 ? { signal: abort.signal } : {}),
    )
    abort.abort(new Error('enough'))
    const settled = await Promise.allSettled(results)
    expect(settled.map(({ status }) => status)).toEqual(
      questions.map((_, i) => (i === 3 ? 'rejected' : 'fulfilled')),
    )
  })
})

test('a reply whose constraint fails harms no other', async () => {
  const tiny = await openTiny()
  const good = tiny.write('ABC', { maxTokens: 12 })
  const kept = await tiny.write('ABC', { maxTokens: 12, constraint: { kind: 'choice', choices: ['HELLO'] } })
  expect(kept).toMatchObject({ text: 'HELLO', finish: 'stop' })
  await expect(tiny.write('ABC', { constraint: { kind: 'regex', pattern: '(' } })).rejects.toMatchObject({
    code: 'invalid_request',
  })
  expect((await good).ids).toHaveLength(12)
})

test('hundreds of requests leave no memory behind', async () => {
  const tiny = await openTiny({ limits: { kvBytes: 1 << 22, cacheBytes: 1 << 20 } })
  const random = (i: number, of: number) => letterNoise(1, i).charCodeAt(0) % of
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const seed = round * 30 + i
        const content = letterNoise(10 + 7 * random(seed, 50), seed)
        return i % 3 === 0
          ? tiny.choose(content, ['A', 'BCD'])
          : tiny.write(content, { maxTokens: 1 + random(seed, 20), temperature: 1, seed })
      }),
    )
  }
  await expect.poll(() => tiny.model.stats().kv.running).toBe(0)
  expect(tiny.model.stats().kv.cached).toBeLessThanOrEqual(1 << 20)
  // Disposal fails for tensors that nobody knows any more.
})
