import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Asked, type Form, onScale, saying, writeChoice, writeYesOrNo } from './form.ts'
import { jsonForm } from './json-form.ts'
import type { Verdict } from './verdict.ts'

const LETTERS = ['A', 'B', 'C', 'D']
/** From this score of a pair on, the better one is much better (Arena-Hard's double signs). */
const MUCH_BETTER = 1

/**
 * The form that a request asks for, by what it says outside the responses; the one of the house where it says none.
 * Throws `invalid_request` for JSON of a shape that it does not give.
 */
export function findForm(asked: Asked): Form {
  if (asked.schema !== null) return jsonForm(asked.schema, asked.responses.length)
  const several = asked.responses.length > 1
  const form = (several ? choices : single).map((read) => read(asked)).find((read) => read !== null)
  if (asked.json && form !== passOrFail) {
    const message = `A judge can't tell what JSON is wanted: give its 'response_format' as a json_schema.`
    throw new PlumblineError('invalid_request', message, { param: 'response_format' })
  }
  return form ?? (several ? houseChoice : houseScore)
}

type Reader = (asked: Asked) => Form | null

/** `[[A>B]]`, Arena-Hard. */
const arena: Reader = ({ instructions, responses }) =>
  responses.length === 2 && instructions.includes('[[A>B]]')
    ? {
        name: '[[A>B]]',
        bare: false,
        tie: instructions.includes('[[A=B]]'),
        reads: /\[\[/,
        write: writeArena,
      }
    : null

function writeArena({ best, score }: Verdict) {
  if (best === null) return saying('[[A=B]]')
  const sign = Math.abs(score) >= MUCH_BETTER ? '>>' : '>'
  return saying(best === 0 ? `[[A${sign}B]]` : `[[B${sign}A]]`)
}

/** `[[A]]` to `[[D]]`: MT-Bench, RewardBench. Of two, `[[C]]` is a tie where the prompt says so. */
const brackets: Reader = ({ instructions, responses }) => {
  if (!/\[\[A\]\]/.test(instructions) || responses.length > LETTERS.length) return null
  const words = LETTERS.slice(0, responses.length).map((letter) => `[[${letter}]]`)
  const tie = responses.length === 2 && instructions.includes('[[C]]') ? '[[C]]' : null
  return {
    name: '[[A]]',
    bare: false,
    tie: tie !== null,
    reads: /\[\[/,
    write: (verdict) => writeChoice(verdict, words, tie),
  }
}

/** The name by which the text calls the better response: TRL, AlpacaEval, select-best. */
const identifier: Reader = ({ labels, instructions }) => {
  if (
    labels === null ||
    (LETTERS.includes(labels[0] ?? '') && !/\b(?:only|single|just)\b/i.test(instructions))
  )
    return null
  return {
    name: 'identifier',
    bare: true,
    tie: false,
    reads: /./,
    write: (verdict) => writeChoice(verdict, labels, null),
  }
}

/** `GRADE: C` or `I`, and `P` for a part where the prompt offers it: inspect. */
const grade: Reader = ({ instructions }) => {
  if (!/GRADE:/.test(instructions)) return null
  const partial = /GRADE:\s*P\b|["'`]P["'`]/.test(instructions)
  return {
    name: 'GRADE',
    bare: false,
    tie: true,
    reads: /GRADE/i,
    write({ score }) {
      if (partial && score >= 0.25 && score < 0.75) return saying('GRADE: P')
      return saying(`GRADE: ${score >= (partial ? 0.75 : 0.5) ? 'C' : 'I'}`)
    },
  }
}

/** `[[7]]`: MT-Bench's single answers, ms-swift. */
const rating: Reader = ({ instructions }) => {
  if (!/\[\[\s*(?:rating|score|\d+(?:\.\d+)?)\s*\]\]/i.test(instructions)) return null
  const scale = scaleIn(instructions)
  return {
    name: '[[rating]]',
    bare: false,
    tie: true,
    reads: /\[\[/,
    write: ({ score }) => saying(`[[${onScale(score, scale)}]]`),
  }
}

/** A whole number at the end: RewardBench 2's ratings. */
const trailingNumber: Reader = ({ instructions }) =>
  /only give a number/.test(instructions)
    ? {
        name: 'number',
        bare: false,
        tie: true,
        reads: /\d\W*$/,
        write: ({ score }) => saying(String(onScale(score, scaleIn(instructions)))),
      }
    : null

/** The scale that a prompt names, such as `scale of 1 to 10`, `0-10` or `rate it between 1 and 4`. */
function scaleIn(text: string): [number, number] {
  const [, least, greatest] = RATED.exec(text) ?? /\b([01])\s*(?:to|-|–|and)\s*(100|10|5)\b/.exec(text) ?? []
  return least === undefined ? [1, 10] : [Number(least), Number(greatest)]
}
const RATED =
  /\b(?:scale|rat(?:e|ing)|score|between|from)\b[^.\n]{0,60}?\b([01])\s*(?:to|-|–|and)\s*(\d{1,3})\b/i

/** `### Final Score: 1`, SkyRL. */
const finalScore: Reader = ({ instructions }) =>
  /### Final Score:/.test(instructions)
    ? {
        name: '### Final Score',
        bare: false,
        tie: true,
        reads: /Final Score/i,
        write: ({ score }) => saying(`### Final Score: ${score >= 0.5 ? 1 : 0}`),
      }
    : null

/** `<score>0.5</score>`, Tinker. */
const scoreTag: Reader = ({ instructions }) =>
  /<score>/.test(instructions)
    ? {
        name: '<score>',
        bare: false,
        tie: true,
        reads: /<score>/,
        write: ({ score }) => saying(`<score>${rounded(score)}</score>`),
      }
    : null

/** `\boxed{True}`, verl. */
const boxed: Reader = ({ instructions }) =>
  /\\boxed\{(?:True|False)\}/.test(instructions)
    ? {
        name: '\\boxed',
        bare: false,
        tie: true,
        reads: /\\boxed/,
        write: ({ score }) => saying(`\\boxed{${score >= 0.5 ? 'True' : 'False'}}`),
      }
    : null

/** `[[A=B]]` where the answer agrees with the reference: NeMo-Gym. */
const equivalence: Reader = ({ instructions }) =>
  instructions.includes('[[A!=B]]')
    ? {
        name: '[[A=B]]',
        bare: false,
        tie: true,
        reads: /\[\[/,
        write: ({ score }) => saying(score >= 0.5 ? '[[A=B]]' : '[[A!=B]]'),
      }
    : null

const passOrFail: Form = {
  name: '{pass, score, reason}',
  bare: true,
  tie: true,
  reads: /./,
  write: ({ score }, reason) => saying(JSON.stringify({ reason, pass: score >= 0.5, score: rounded(score) })),
}

/** `{"reason", "pass", "score"}`: promptfoo's llm-rubric. */
const passInJson: Reader = ({ instructions }) =>
  [/\bpass\b/, /\bscore\b/, /json/i].every((word) => word.test(instructions)) ? passOrFail : null

/** The same for a prompt with a rubric of its own that asks for nothing that is known. */
const passByRubric: Reader = ({ rubric }) => (rubric === null ? null : passOrFail)

/** A choice between two words that the prompt offers. */
const twoWords =
  (yes: string, no: string, offers: RegExp): Reader =>
  ({ instructions }) =>
    offers.test(instructions)
      ? {
          name: `${yes}/${no}`,
          bare: true,
          tie: true,
          reads: /./,
          write: (verdict) => writeYesOrNo(verdict, yes, no),
        }
      : null

const choices: readonly Reader[] = [brackets, arena, identifier]

const single: readonly Reader[] = [
  grade,
  equivalence,
  rating,
  trailingNumber,
  finalScore,
  scoreTag,
  boxed,
  passInJson,
  twoWords('Y', 'N', /["'`]Y["'`] or ["'`]N["'`]/),
  twoWords('yes', 'no', /["'`]?\byes\b["'`]? or ["'`]?\bno\b/i),
  twoWords('1', '0', /["'`]?\b(?:0["'`]? or ["'`]?1|1["'`]? or ["'`]?0)\b/),
  passByRubric,
]

/** What is said of a choice where the prompt asks for nothing that is known. */
const houseChoice: Form = {
  name: 'plumbline',
  bare: false,
  tie: true,
  reads: /Verdict:/,
  write: (verdict) => writeChoice(verdict, LETTERS.concat(PLACES).slice(0, verdict.scores.length), 'tie'),
}
const PLACES = Array.from({ length: 12 }, (_, at) => String.fromCharCode('E'.charCodeAt(0) + at))

/** The same of one response: what reward models over chat completions say. */
const houseScore: Form = {
  name: 'plumbline',
  bare: false,
  tie: true,
  reads: /reward:/,
  write: ({ score }) => saying(`reward:${rounded(score)}`),
}

function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6
}
