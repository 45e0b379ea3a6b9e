import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readArlRrExample } from '../../shared/protocol/training/arl-rr.ts'
import { readPreference } from '../../shared/protocol/training/dpo.ts'
import { readTrainingLines } from '../../shared/protocol/training/lines.ts'
import { readPairwiseExample } from '../../shared/protocol/training/pairwise.ts'
import { readRecordedExample } from '../../shared/protocol/training/recorded.ts'
import { readLabelledPair } from '../../shared/protocol/training/rubric-arm.ts'
import { readConversation } from '../../shared/protocol/training/supervised.ts'

const page = readFileSync(new URL('../../docs/training.md', import.meta.url), 'utf8')

const READ: Record<string, (line: object) => unknown> = {
  supervised: readConversation,
  dpo: readPreference,
  rubric_arm: readLabelledPair,
  arl_rr: readArlRrExample,
  pairwise: readPairwiseExample,
  recorded: readRecordedExample,
}

it.for(Object.entries(READ))('the lines that docs/training.md gives for %s are read', ([method, read]) => {
  const block = page.split(`\`\`\`jsonl ${method}\n`)[1]?.split('```')[0] ?? ''
  expect(readTrainingLines(read, block).length).toBeGreaterThan(1)
})
