import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { trainingSettingsPage } from './training-settings.ts'

const page = readFileSync(new URL('../../docs/training-settings.md', import.meta.url), 'utf8')

it('the page of hyperparameters says what the schemas say: npm run docs writes it anew', () => {
  expect(page).toBe(trainingSettingsPage())
})

it('each row has what the schema allows, what it begins with and what it does', () => {
  expect(page).toContain(
    '| `lora.rank` | whole number at least 1, at most 256 | `16` | Rows of each A and columns of each B. |',
  )
  expect(page).toContain('| `warm_up.judge.schedule.kind` | `constant` `linear` `cosine` | `"cosine"` |')
  expect(page).toContain('| `judge.group_size` | whole number at least 2, at most 256 | `7` |')
})
