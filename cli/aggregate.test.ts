import { describe, expect, it } from 'vitest'
import { plumbline } from './testing/command.ts'

const aggregate = async (lines: string[], ...args: string[]) => {
  const { code, stdout, stderr } = await plumbline(['aggregate', ...args], { stdin: lines.join('\n') })
  return {
    code,
    stderr,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}
const items = (...list: [type: string, chosen: string, score: unknown][]) =>
  JSON.stringify({ items: list.map(([type, chosen, score]) => ({ type, chosen, score })) })

describe('plumbline aggregate', () => {
  it('gives the published numbers in compat', async () => {
    const lines = [
      items(['core', 'A', 2], ['important', 'B', 1], ['highlight', 'A', 1]),
      items(['fatal', 'B', -2], ['core', 'A', 2]),
      items(['core', 'A', '1.5']),
      '{"items":[{"type":"core","chosen":"A","score":1},{"type":"important","chosen":"B","score":2}],"min_score":0.5}',
    ]
    expect(await aggregate(lines, '--mode', 'compat')).toMatchObject({
      code: 0,
      lines: [
        { score: 1.1249998593750177, winner: 'first' },
        { score: -2, winner: 'second' },
        { score: 0, winner: 'tie' },
        { score: 0, winner: 'tie' },
      ],
    })
  })

  it('is hardened by default: zeros count, malformed items are errors', async () => {
    const lines = [items(['core', 'A', 2], ['core', 'S', 0]), items(['core', 'A', '1.5'])]
    const { code, lines: out } = await aggregate(lines)
    expect(code).toBe(1)
    expect(out[0]).toEqual({ score: 1, winner: 'first' })
    expect(out[1]).toMatchObject({
      score: null,
      winner: null,
      line: 2,
      error: expect.stringContaining('Item 1'),
    })
  })

  it('answers every line of garbage by its number', async () => {
    const lines = [
      '{',
      'null',
      '[]',
      '{"items":5}',
      '{"items":[],"min_score":-1}',
      '{"items":[],"x":1}',
      '',
      '{"items":[]}',
    ]
    for (const mode of ['compat', 'hardened']) {
      const { code, stderr, lines: out } = await aggregate(lines, '--mode', mode)
      expect([code, stderr]).toEqual([1, ''])
      expect(out).toHaveLength(8)
      for (const [index, line] of out.slice(0, 7).entries()) {
        expect(line).toEqual({
          score: null,
          winner: null,
          error: expect.stringMatching(/\.$/),
          line: index + 1,
        })
      }
      expect(out[3].error).toBe("'items' must be an array.")
      expect(out[5].error).toBe("Unknown field 'x': remove it.")
      expect(out[7].score).toBe(mode === 'compat' ? 0 : null)
    }
  })
})
