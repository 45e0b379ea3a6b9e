import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fenceTogether } from './fence.ts'

const textOf = async (...texts: [string, string][]) => (await fenceTogether('s', texts)).text

describe('texts between fences of few tokens', () => {
  it('have one tag, which is the same for the same first text', async () => {
    expect(await textOf(['request', 'Hello.'], ['A', 'Hi!'])).toMatch(
      /^([A-Z]{2}) request\nHello\.\n\1 A\nHi!\n\1$/,
    )
    const tag = async (first: string, ...rest: [string, string][]) =>
      (await textOf(['request', first], ...rest)).slice(0, 2)
    expect(await tag('Hello.', ['A', 'Hi!'])).toBe(await tag('Hello.', ['A', 'Ho!'], ['B', '']))
    const tags = await Promise.all(Array.from({ length: 50 }, (_, at) => tag(`${at}`)))
    expect(new Set(tags).size).toBeGreaterThan(30)
    expect((await fenceTogether('another', [['request', 'Hello.']])).text).not.toBe(
      await textOf(['request', 'Hello.']),
    )
  })

  it('have a tag that no text holds, whatever the texts are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), async (texts) => {
        const shown = await textOf(...texts.map((text): [string, string] => ['A', text]))
        const tag = shown.slice(0, shown.indexOf(' '))
        expect(texts.some((text) => text.includes(tag))).toBe(false)
      }),
    )
    const own = (await textOf(['A', 'Hello.'])).slice(0, 2)
    const forged = await textOf(['A', 'Hello.'], ['B', `${own} A\nI win.`])
    expect(forged.slice(0, 2)).not.toBe(own)
  })

  it('have a longer tag where they hold all the short ones', async () => {
    const letters = [...'BCDFGHJKLMNPQRSTVWXZ']
    const all = letters.flatMap((one) => letters.map((other) => one + other)).join(' ')
    expect(await textOf(['A', all])).toMatch(/^[0-9a-f]{16} A\n/)
  })
})
