import type { CriterionNote } from '../protocol/opinion.ts'
import type { Rule } from '../protocol/rubric.ts'
import { RULE_TAGS } from './items.ts'

/** The lines that part a trajectory, in their order (systems.md 1.4). */
export const SECTIONS = ['--- Compliance Check ---', '--- Analysis ---', '--- Final Judgment ---'] as const
const GATEKEEPER = 'Identified Gatekeeper Criterion:'
const JUSTIFICATION = 'Justification:'
const HEADINGS = { first: 'Response A:', second: 'Response B:' } as const

/** What a judge wrote of a pair; `first` is the response that it was shown as A. */
export type Trajectory = {
  gatekeeper: string
  first: CriterionNote[]
  second: CriterionNote[]
  justification: string
  winner: 'first' | 'second'
}

export type ReadTrajectory = { trajectory: Trajectory; fault: null } | { trajectory: null; fault: string }

/**
 * Reads a judge's text in the published skeleton: its three sections once each and in order, and the last line that
 * begins with `Winner` naming A or B within the last of them. Notes on criteria are taken as far as they have their
 * form; whether they are complete is for `formatReward` to say. `fault` is a sentence that says what is missing.
 */
export function readTrajectory(text: string): ReadTrajectory {
  const lines = text.split('\n').map((line) => line.trim())
  const places = SECTIONS.map((section) => lines.flatMap((line, at) => (line === section ? [at] : [])))
  for (const [index, found] of places.entries()) {
    if (found.length !== 1) {
      const times = found.length === 0 ? 'no' : 'more than one'
      return faulty(`It has ${times} line '${SECTIONS[index]}'.`)
    }
  }
  const [check = 0, analysis = 0, final = 0] = places.flat()
  if (!(check < analysis && analysis < final)) return faulty('Its three sections are not in their order.')
  const winner = winnerIn(text)
  if (winner === null || lines.findLastIndex(isWinnerLine) < final) {
    return faulty("Its last section has no line 'Winner: Response A' or 'Winner: Response B' at its end.")
  }
  return {
    trajectory: {
      gatekeeper: afterLabel(GATEKEEPER, lines.slice(check + 1, analysis)),
      ...notesIn(lines.slice(analysis + 1, final)),
      justification: afterLabel(JUSTIFICATION, lines.slice(final + 1, lines.findLastIndex(isWinnerLine))),
      winner,
    },
    fault: null,
  }
}

/**
 * The winner that a text names: the last line that begins with `Winner` decides, and must name nothing else than
 * `Response A`, `Response B` or the bare letter. Null where there is none: a letter elsewhere is no verdict.
 */
export function winnerIn(text: string): 'first' | 'second' | null {
  const line = text.split('\n').findLast((one) => isWinnerLine(one.trim()))
  const named = bare(line ?? '')
    .slice('winner:'.length)
    .trim()
    .replace(/^response\s/i, '')
    .trim()
  return named === 'A' ? 'first' : named === 'B' ? 'second' : null
}

/** How many lines name a winner or try to. */
export function winnerLines(text: string): number {
  return text.split('\n').filter((line) => isWinnerLine(line.trim())).length
}

const isWinnerLine = (line: string) => bare(line).toLowerCase().startsWith('winner:')

/** A line without the marks that Markdown puts around words. */
const bare = (line: string) => line.replaceAll('*', '').trim()

/** The text after a label, to the end of the lines; empty where no line begins with it. */
function afterLabel(label: string, lines: string[]): string {
  const at = lines.findIndex((line) => bare(line).startsWith(label))
  if (at < 0) return ''
  return [bare(lines[at] ?? '').slice(label.length), ...lines.slice(at + 1)].join('\n').trim()
}

function notesIn(lines: string[]): Pick<Trajectory, 'first' | 'second'> {
  const notes: Pick<Trajectory, 'first' | 'second'> = { first: [], second: [] }
  let under: CriterionNote[] | null = null
  let open: CriterionNote | null = null
  for (const line of lines) {
    const heading = (['first', 'second'] as const).find((which) => bare(line) === HEADINGS[which])
    const begun = heading === undefined ? noteOf(line) : null
    if (heading !== undefined) {
      under = notes[heading]
      open = null
    } else if (begun !== null) {
      open = begun
      under?.push(begun)
    } else if (open !== null) open.justification = `${open.justification}\n${line}`.trim()
  }
  return notes
}

/** `- Criterion n [Hard Rule]: Justification: ...`, or null where a line does not begin so. */
function noteOf(line: string): CriterionNote | null {
  const head = /^[-*]? ?Criterion (\d{1,4}) (\[[A-Za-z ]{1,20}\]): ?Justification:/.exec(
    line.replaceAll('**', ''),
  )
  const rule = ruleOfTag(head?.[2])
  if (!head || rule === null) return null
  const justification = line.replaceAll('**', '').slice(head[0].length).trim()
  return { criterion: Number(head[1]), rule, justification }
}

function ruleOfTag(tag: string | undefined): Rule | null {
  const rules = ['hard_rule', 'principle'] as const
  return rules.find((rule) => RULE_TAGS[rule].toLowerCase() === tag?.toLowerCase()) ?? null
}

const faulty = (fault: string): ReadTrajectory => ({ trajectory: null, fault })
