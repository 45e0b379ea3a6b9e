import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'

const DATA = new URL('../../../../shared/data/', import.meta.url)
const present = existsSync(DATA)
if (!present) console.log(`skipped: parity of math_equivalence needs ${DATA.pathname}`)
const read = (path: string) => readFileSync(new URL(path, DATA), 'utf8').trim()

async function passed(reference: string, response: string) {
  const spec = verifierSpec.parse({ kind: 'math_equivalence', reference })
  const [result] = await verify([spec], { prompt: null, response })
  return result?.passed
}

/** A box over three lines between \( and \): a 9, which Math-Verify's pattern can't see for the line breaks. */
const NINE_ON_A_LINE = 'Answer \\( \n 9 \n \\)'

/** MATH-500 predictions whose LaTeX was damaged by the script that wrote them: by hand, none is the answer as written. */
const DAMAGED = [
  73, 96, 99, 146, 166, 181, 205, 248, 257, 264, 298, 305, 318, 389, 408, 419, 420, 422, 467, 472,
]

describe.skipIf(!present)('parity', () => {
  it("agrees with Math-Verify's own cases", async () => {
    const cases: { gold: string; pred: string; expected: number }[] = JSON.parse(
      read('mathverify_cases/cases.json'),
    )
    expect(cases.length).toBeGreaterThan(90)
    for (const { gold, pred, expected } of cases) {
      const wanted = pred === NINE_ON_A_LINE ? true : expected === 1
      expect([gold, pred, await passed(gold, pred)]).toEqual([gold, pred, wanted])
    }
  })

  it('agrees with every grade of GSM8K', async () => {
    const rows = read('gsm8k/example_model_solutions.jsonl').split('\n')
    let count = 0
    for (const line of rows) {
      const row = JSON.parse(line)
      for (const model of ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification']) {
        const { solution, is_correct } = row[model]
        expect([row.question, await passed(row.ground_truth, solution)]).toEqual([row.question, is_correct])
        count++
      }
    }
    expect(count).toBe(5276)
  })

  it("finds the answer of each of MATH-500's own solutions", async () => {
    const rows: { answer: string; solution: string }[] = JSON.parse(read('math500/math500_test.json'))
    const found = await Promise.all(rows.map(({ answer, solution }) => passed(answer, solution)))
    expect(found).toHaveLength(500)
    expect(found.filter((answer) => answer !== true)).toEqual([])
  })

  it('refuses of the predictions on MATH-500 only what is damaged', async () => {
    const rows: { answer: string; prediction: string }[] = JSON.parse(
      read('math500/math500_gpt_answers.json'),
    )
    const answers = await Promise.all(rows.map(({ answer, prediction }) => passed(answer, prediction)))
    expect(answers.flatMap((answer, at) => (answer === true ? [] : [at]))).toEqual(DAMAGED)
  })
})
