import type { Edit } from '../../shared/protocol/governance.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { clauseIdOf } from '../../shared/refine/edits/edit.ts'
import type { Score } from '../../shared/refine/measure/fitness.ts'
import type { Cost } from '../../shared/refine/measure/pair.ts'
import type { FinalTest } from '../../shared/refine/search/final-test.ts'
import type { Member } from '../../shared/refine/search/member.ts'
import type { SearchOptions } from '../../shared/refine/search/options.ts'
import type { SearchResult } from '../../shared/refine/search/search.ts'

/** What a refinement tried, what it kept and why. */
export type Report = {
  layer: string
  pairs: { train: number; dev: number; test: number }
  options: SearchOptions
  stopped: SearchResult['stopped']
  generations: number
  /** Everything that was tried, with its lineage, but for the layers themselves. */
  members: Omit<Member, 'layer'>[]
  /** The edits that lead from the seed to the best, in order. */
  kept: Omit<Member, 'layer'>[]
  best: { hash: string; layer: MetaRubricLayer }
  /**
   * Old against new on the held-out pairs; null where nothing was kept, or the budget did not bear it. `others` counts the
   * layers that earlier runs of the journal tested on them: each makes the figure less than fresh.
   */
  test: (FinalTest & { others: number }) | null
  spent: { judgments: number; judging: Cost; proposing: Cost }
  /** What the service was told, a version or proposals, and why it refused. */
  filed: { version: number | null; proposals: string[]; refused: string | null }
}

/** The members from the seed's child to the best, by first parents. */
export function lineOf({ members, best }: SearchResult): Member[] {
  const line: Member[] = []
  const byHash = new Map(members.flatMap((one) => (isLayer(one) ? [[one.hash, one] as const] : [])))
  for (let at: Member | undefined = best; at && at.fate !== 'seed'; at = byHash.get(at.parents[0] ?? '')) {
    line.unshift(at)
  }
  return line
}

const isLayer = ({ fate }: Member) => fate !== 'duplicate' && fate !== 'inapplicable'

/** The report for a person. */
export function renderReport(report: Report): string {
  const { pairs, members, kept, test, spent, filed } = report
  const seed = members.find(({ fate }) => fate === 'seed')?.scores.dev ?? null
  const counts = Map.groupBy(members.slice(1), ({ fate }) => fate)
  const fates = [...counts].map(([fate, those]) => `${those.length} ${fate}`).join(', ')
  const lines = [
    ['layer', report.layer],
    ['pairs', `${pairs.train} to learn from, ${pairs.dev} to choose by, ${pairs.test} held out`],
    ['stopped', `${WHY[report.stopped]}, in generation ${report.generations}`],
    ['tried', `${members.length - 1} edits${fates === '' ? '' : `: ${fates}`}`],
    ['dev, before', shownScore(seed)],
    ...kept.map((member) => [
      'kept',
      `${shownEdit(member.edit)}; ${member.reason ?? ''} ${member.rationale ?? ''}`.trim(),
    ]),
    ...(kept.length === 0 && report.options.apply ? [['kept', 'nothing: no edit was surely better']] : []),
    ...testLines(test),
    ['spent', `${spent.judging.judge_calls} judge calls for ${spent.judgments} judgments`],
    ['', `${tokens(spent.judging)} tokens of judging, ${tokens(spent.proposing)} of proposing`],
    ...(filed.version === null ? [] : [['filed', `version ${filed.version}`]]),
    ...filed.proposals.map((id) => ['proposed', id]),
    ...(filed.refused === null ? [] : [['not filed', filed.refused]]),
  ]
  return lines.map(([name = '', text]) => `${name.padEnd(14)}${text}`).join('\n')
}

const WHY: Record<Report['stopped'], string> = {
  generations: 'after the last generation',
  patience: 'nothing better came for a while',
  budget: 'the budget is spent',
  'no errors': 'nothing went wrong on the train pairs',
}

/** An edit in a few words. */
export function shownEdit(edit: Edit | null): string {
  return edit === null ? 'merge of two layers' : `${edit.op} '${clauseIdOf(edit)}'`
}

export function shownScore(score: Score | null): string {
  if (score === null || score.fitness === null) return 'not judged'
  const { accuracy, ties, fitness, judged, nulls } = score
  const of = `${judged} pairs${nulls === 0 ? '' : `, ${nulls} without a verdict`}`
  return `${percent(accuracy)} right, ${percent(ties)} ties, fitness ${fitness.toFixed(4)} (${of})`
}

function testLines(test: Report['test']): string[][] {
  if (test === null) return []
  const { before, after, gain, others } = test
  const interval = gain
    ? `${gain.judged.mean.toFixed(4)}, 95 % ${gain.judged.low.toFixed(4)} to ${gain.judged.high.toFixed(4)}`
    : 'unknown'
  return [
    ['test, before', shownScore(before)],
    ['test, after', shownScore(after)],
    ['gain', interval],
    ...(others === 0 ? [] : [['', `not fresh: ${others} other layers were tested on these pairs before`]]),
  ]
}

const percent = (share: number | null) => (share === null ? '-' : `${(share * 100).toFixed(1)} %`)
const tokens = ({ prompt_tokens, completion_tokens }: Cost) => prompt_tokens + completion_tokens
