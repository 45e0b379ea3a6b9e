import type { Run } from '../../shared/protocol/run.ts'
import { columns } from '../columns.ts'

/** A run as lines that a person reads: where it is, its class scores, and its last phases. */
export function runLines(run: Run): string[] {
  const { schedule, settings, observation, reward_urls } = run
  const facts: [name: string, value: string | null][] = [
    ['run', run.id],
    ['step', `${run.step} (${run.groups} groups)`],
    [
      'class',
      schedule?.phase
        ? `${schedule.phase.meta_class}, step ${run.in_phase} of ${settings.phase_steps}`
        : null,
    ],
    ['overall', run.overall === null ? null : run.overall.toFixed(4)],
    ...Object.entries(run.classes).map(([name, one]): [string, string] => [`  ${name}`, standing(one)]),
    ['measured', settings.classes && run.measured_by],
    ['contraction', run.contraction === null ? null : run.contraction.toFixed(3)],
    [
      'observation',
      settings.classes &&
        `${observation.judge_calls} judge calls, ${observation.prompt_tokens + observation.completion_tokens} tokens`,
    ],
    ...phases(run),
    ...urls(reward_urls ?? {}),
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)} ${value}`]))
}

/** One URL in full, and which else there are. */
function urls(given: Record<string, string>): [string, string][] {
  const paths = Object.keys(given)
  const shown = 'rlhf/openrlhf' in given ? 'rlhf/openrlhf' : (paths[0] ?? '')
  const others = paths.filter((path) => path !== shown)
  return paths.length === 0
    ? []
    : [
        ['reward URL', given[shown] ?? ''],
        ['or by', others.join(' ')],
      ]
}

function standing(one: Run['classes'][string]): string {
  if (!one) return 'not looked at yet'
  const error = one.standard_error === null ? '' : ` ± ${one.standard_error.toFixed(4)}`
  return `${one.score.toFixed(4)}${error}, last at step ${one.step + 1}`
}

/** Phases that are shown, of more. */
const SHOWN = 10

function phases({ schedule }: Run): [string, string][] {
  const ended = schedule?.ended ?? []
  return ended.slice(-SHOWN).map(({ meta_class, chosen_by, steps, ended_by, after }, at) => {
    const number = Math.max(0, ended.length - SHOWN) + at + 1
    const overall = after.overall === null ? 'no score' : `overall ${after.overall.toFixed(4)}`
    return [`phase ${number}`, `${meta_class} by ${chosen_by}, ${steps} steps to its ${ended_by}, ${overall}`]
  })
}

/** Runs as a table, a line each. */
export function runTable(runs: readonly Run[]): string {
  if (runs.length === 0) return 'No run was made yet.'
  const rows = runs.map((run) => [
    run.id,
    String(run.step),
    run.meta_class ?? '-',
    run.overall === null ? '-' : run.overall.toFixed(4),
    new Date(run.created * 1000).toISOString().slice(0, 16).replace('T', ' '),
  ])
  return columns(['id', 'step', 'class', 'overall', 'made (UTC)'], rows)
}
