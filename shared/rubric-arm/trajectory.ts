import type { CriterionNote } from '../protocol/opinion.ts'
import type { Rule } from '../protocol/rubric.ts'
import { RULE_TAGS } from './items.ts'

/** The lines that part a trajectory, in their order (systems.md 1.4). */
export const SECTIONS = ['--- Compliance Check ---', '--- Analysis ---', '--- Final Judgment ---'] as const
const [, , FINAL] = SECTIONS
const GATEKEEPER = /^Identified Gatekeeper Criterion ?[:：]/i
const JUSTIFICATION = /^Justification ?[:：]/i
const HEADINGS = { first: /^Response A ?[:：]?$/i, second: /^Response B ?[:：]?$/i } as const
const NOTE = /^(?:[-*•] ?)?Criterion (\d{1,4}) ?(\[[A-Za-z ]{1,20}\]) ?[:：] ?Justification ?[:：]/i
const WINNER = /^Winner ?[:：]/i

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
 * Reads a judge's text in the published skeleton: its three sections once each and in order, and lines that begin with
 * `Winner` in the last of them, all naming the same response. Marks of Markdown, empty lines, brackets around a name
 * and full-width colons change nothing. Notes on criteria are taken as far as they have their form; whether they are
 * complete is for `formatReward` to say. `fault` is a sentence that says what is missing.
 */
export function readTrajectory(text: string): ReadTrajectory {
  const lines = text.split('\n').map((line) => line.trim())
  const places = SECTIONS.map((section) => lines.flatMap((line, at) => (bare(line) === section ? [at] : [])))
  for (const [index, found] of places.entries()) {
    if (found.length !== 1) {
      const times = found.length === 0 ? 'no' : 'more than one'
      return faulty(`It has ${times} line '${SECTIONS[index]}'.`)
    }
  }
  const [check = 0, analysis = 0, final = 0] = places.flat()
  if (!(check < analysis && analysis < final)) return faulty('Its three sections are not in their order.')
  const winner = winnerIn(text)
  const at = lines.findIndex((line, index) => index > final && isWinnerLine(line))
  if (winner === null || at < 0) {
    return faulty("Its last section does not name one winner, 'Winner: Response A' or 'Winner: Response B'.")
  }
  return {
    trajectory: {
      gatekeeper: afterLabel(GATEKEEPER, lines.slice(check + 1, analysis)),
      ...notesIn(lines.slice(analysis + 1, final)),
      justification: afterLabel(JUSTIFICATION, lines.slice(final + 1, at)),
      winner,
    },
    fault: null,
  }
}

/**
 * The winner that a text names: every line after `--- Final Judgment ---` (of the whole text, where there is
 * none) that begins with `Winner` must name the same response and nothing else. Null where none does or two disagree,
 * as when a judge quotes a response that declares itself the winner: a letter elsewhere is no verdict.
 */
export function winnerIn(text: string): 'first' | 'second' | null {
  const lines = text.split('\n').map(bare)
  const final = lines.slice(lines.indexOf(FINAL) + 1)
  const named = new Set(final.filter(isWinnerLine).map(nameOf))
  const [winner = null] = named
  return named.size === 1 ? winner : null
}

/** How many lines name a winner or try to. */
export function winnerLines(text: string): number {
  return text.split('\n').filter(isWinnerLine).length
}

const isWinnerLine = (line: string) => WINNER.test(bare(line))

function nameOf(line: string): 'first' | 'second' | null {
  const name = line
    .replace(WINNER, '')
    .replace(/[<>[\]"'`]/g, '')
    .trim()
  const letter = /^(?:response ?)?([AB])\.?$/i.exec(name)?.[1]?.toUpperCase()
  return letter === 'A' ? 'first' : letter === 'B' ? 'second' : null
}

/** A line without the marks that Markdown puts before and around words. */
const bare = (line: string) =>
  line
    .replaceAll('*', '')
    .trim()
    .replace(/^#{1,6} /, '')
    .trim()

const unbold = (line: string) => line.replaceAll('**', '').trim()

/** The text after a label, to the end of the lines; empty where no line begins with it. */
function afterLabel(label: RegExp, lines: string[]): string {
  const at = lines.findIndex((line) => label.test(bare(line)))
  if (at < 0) return ''
  return [unbold(lines[at] ?? '').replace(label, ''), ...lines.slice(at + 1)].join('\n').trim()
}

function notesIn(lines: string[]): Pick<Trajectory, 'first' | 'second'> {
  const notes: Pick<Trajectory, 'first' | 'second'> = { first: [], second: [] }
  let under: CriterionNote[] | null = null
  let open: CriterionNote | null = null
  for (const line of lines) {
    const heading = (['first', 'second'] as const).find((which) => HEADINGS[which].test(bare(line)))
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
  const text = unbold(line)
  const head = NOTE.exec(text)
  const rule = ruleOfTag(head?.[2])
  if (!head || rule === null) return null
  return { criterion: Number(head[1]), rule, justification: text.slice(head[0].length).trim() }
}

function ruleOfTag(tag: string | undefined): Rule | null {
  const rules = ['hard_rule', 'principle'] as const
  return rules.find((rule) => RULE_TAGS[rule].toLowerCase() === tag?.toLowerCase()) ?? null
}

const faulty = (fault: string): ReadTrajectory => ({ trajectory: null, fault })
