import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../gpu-worker/weights/testing/scratch-folder.ts'
import { nameOf, own, pairsOf, type Study, UNTRAINED } from './conditions.ts'
import type { HeldOut } from './data.ts'
import { learningMarkdown } from './markdown.ts'
import { makeReport } from './report.ts'

const heldOut = Array.from({ length: 40 }, (_, at): HeldOut => {
  const split = at < 20 ? 'trained kinds' : 'new kinds'
  return {
    prompt: `p${at}`,
    split,
    kind: at % 2 === 0 ? 'even' : null,
    oracle: null,
    pairs: [
      { chosen: 'long', rejected: 'l' },
      { chosen: 'a', rejected: 'b' },
    ],
  }
})
const [before, after] = [own(UNTRAINED, 'aside'), own('alternation')]
const study: Study = {
  final: 'alternation',
  conditions: [before, after],
  differences: [['gain', nameOf(after), nameOf(before)]],
}

test('a report counts who named nobody as a coin, and holds arms against each other on the same pairs', async () => {
  const folder = await scratchFolder()
  const line = (condition: typeof before, from: number, right: (boolean | null)[]) =>
    JSON.stringify({ condition: nameOf(condition), from, right })
  const aside = pairsOf(before, heldOut, 10)
  expect(aside.map(({ at }) => at)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36].flatMap((at) => [at, at]))
  await writeFile(
    join(folder, 'measured.jsonl'),
    [
      '{"cond',
      line(
        before,
        0,
        aside.map(() => null),
      ),
      line(
        after,
        0,
        Array.from({ length: 80 }, (_, at) => at < 40),
      ),
    ].join('\n'),
  )
  await mkdir(join(folder, 'alternation'))
  const step = (phase: string, groups_used: number) => JSON.stringify({ phase, metrics: { groups_used } })
  await writeFile(
    join(folder, 'alternation', 'metrics.jsonl'),
    [step('generator', 0.25), step('judge', 1), step('generator', 0.75)].join('\n'),
  )
  const report = await makeReport({
    ...{
      study,
      heldOut,
      aside: 10,
      folders: new Map([[1, folder]]),
      finals: new Map([[1, join(folder, 'alternation')]]),
    },
  })
  const [none, all] = report.accuracies
  expect([none?.judged, none?.all?.mean, all?.all?.mean]).toEqual([0, 0.5, 0.5])
  expect([all?.splits['trained kinds']?.mean, all?.splits['new kinds']?.mean]).toEqual([1, 0])
  expect(report.kinds.map(({ kind, accuracies }) => [kind, accuracies[nameOf(after)]?.mean])).toEqual([
    ['even', 0.5],
  ])
  expect(report.differences[0]?.estimate).toMatchObject({ mean: 0, requests: 10, seeds: 1 })
  expect(report.generator_groups_with_variance).toEqual([0.5])
  expect(report.longer_wins).toBe(0.75)
  expect(learningMarkdown(report)).toContain('| gain | 0.0 [')
})
