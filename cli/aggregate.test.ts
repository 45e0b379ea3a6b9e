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

  it('scores met verdicts by points, categories, levels and weights, with a score for each tag', async () => {
    const lines = [
      '{"criteria":[{"points":5,"met":true,"tags":["axis:accuracy"]},{"points":-3,"met":true},{"points":5,"met":false}]}',
      '{"criteria":[{"points":2,"met":false},{"points":-4,"met":true}]}',
      '{"criteria":[{"category":"essential","met":true},{"category":"optional","met":false}]}',
      '{"criteria":[{"level":"core","met":1},{"level":"fatal","met":0.5}]}',
      '{"criteria":[{"weight":1,"met":true},{"weight":3,"criteria":[{"weight":1,"met":true},{"weight":2,"met":false}]}]}',
    ]
    expect(await aggregate(lines, '--mode', 'met')).toMatchObject({
      code: 0,
      lines: [
        { score: 0.2, classes: { 'axis:accuracy': 1 } },
        { score: -2 },
        { score: 1 / 1.3 },
        { score: 0.5 },
        { score: 0.5 },
      ],
    })
    const { lines: margins } = await aggregate(lines.slice(0, 1), '--mode', 'met', '--scoring', 'probability')
    expect(margins[0].score).toBe(-3 / 13)
  })

  it('reads the layouts of HealthBench and PaperBench', async () => {
    const rubrics = [
      { criterion: 'Says when to call a doctor', points: 7, tags: ['axis:completeness'], criteria_met: true },
      { criterion: 'Names a wrong dose', points: -10, tags: ['axis:accuracy'], criteria_met: true },
    ]
    const example = { prompt_id: 'p', prompt: [], rubrics }
    expect((await aggregate([JSON.stringify(example)], '--mode', 'healthbench')).lines).toEqual([
      { score: -3 / 7, classes: { 'axis:completeness': 1, 'axis:accuracy': null } },
    ])
    const leaf = (weight: number, score: number | null) => ({ weight, score, sub_tasks: [] })
    const tree = (sub_tasks: object[]) => JSON.stringify({ weight: 7, score: 0.5, sub_tasks })
    const { code, lines } = await aggregate(
      [tree([leaf(1, 1), { weight: 2, sub_tasks: [leaf(3, 0), leaf(1, 1)] }]), tree([leaf(1, null)])],
      '--mode',
      'paperbench',
    )
    expect([code, lines[0]]).toEqual([1, { score: 0.5 }])
    expect(lines[1]).toMatchObject({ score: null, error: expect.stringMatching(/no probability/) })
  })

  it('says of each rubric that has no score what is wrong with it', async () => {
    const nested = (levels: number): object =>
      levels === 0 ? { weight: 1, met: 1 } : { weight: 1, criteria: [nested(levels - 1)] }
    const tree = (levels: number) => JSON.stringify({ criteria: [nested(levels)] })
    const bad: [line: string, error: RegExp][] = [
      ['{"criteria":[]}', /must hold a criterion/],
      ['{"criteria":[{"points":-1,"met":true}]}', /points above 0/],
      ['{"criteria":[{"points":0,"met":true}]}', /must not be 0/],
      ['{"criteria":[{"weight":0,"met":true},{"weight":0,"met":true}]}', /'1', '2' sum to 0/],
      ['{"criteria":[{"weight":1,"criteria":[]}]}', /must hold a criterion/],
      ['{"criteria":[{"id":"a","points":1,"met":1},{"id":"a","points":1,"met":1}]}', /two criteria/],
      ['{"criteria":[{"points":1}]}', /'1' has no probability/],
      ['{"criteria":[{"points":1,"met":1.5}]}', /'1' has no probability/],
      ['{"criteria":[{"points":1,"met":"yes"}]}', /met/],
      ['{"criteria":[{"points":1,"weight":1,"met":1}]}', /exactly one of/],
      ['{"criteria":[{"met":1}]}', /exactly one of/],
      [tree(16), /nested more than 16/],
      [tree(1000), /nested more than 64/],
      ['nonsense', /not JSON/],
    ]
    const { code, stderr, lines } = await aggregate(
      bad.map(([line]) => line),
      '--mode',
      'met',
    )
    expect([code, stderr, lines.length]).toEqual([1, '', bad.length])
    for (const [index, [, error]] of bad.entries()) {
      expect(lines[index]).toEqual({ score: null, error: expect.stringMatching(error), line: index + 1 })
    }
  })
})
