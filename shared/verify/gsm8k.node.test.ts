import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { verifierSpec } from './verifiers.ts'
import { verify } from './verify.ts'

const path = new URL('../../../shared/data/gsm8k/example_model_solutions.jsonl', import.meta.url)
const present = existsSync(path)
if (!present) console.log(`skipped: parity with GSM8K's own grading needs ${path.pathname}`)

const MODELS = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification']

it.skipIf(!present).each([undefined, 'A:'])(
  'agrees with every grade of GSM8K (marker %s)',
  async (marker) => {
    const rows = readFileSync(path, 'utf8').trim().split('\n')
    const grades = rows.map(async (line) => {
      const row = JSON.parse(line)
      const value = /A: (.*)$/.exec(row.ground_truth)?.[1]
      const spec = verifierSpec.parse({ kind: 'numeric_answer', value, marker })
      const ours = MODELS.map(async (model) => {
        const [result] = await verify([spec], { prompt: row.question, response: row[model].solution })
        return { ours: result?.passed, theirs: row[model].is_correct, received: result?.received, value }
      })
      return Promise.all(ours)
    })
    const all = (await Promise.all(grades)).flat()
    expect(all).toHaveLength(5276)
    expect(all.filter(({ ours, theirs }) => ours !== theirs)).toEqual([])
  },
)
