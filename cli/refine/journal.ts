import * as z from 'zod'
import { edit, outcome } from '../../shared/protocol/governance.ts'
import { message } from '../../shared/protocol/message.ts'
import { level } from '../../shared/protocol/rubric.ts'
import type { LabelledPair, Trial } from '../../shared/refine/measure/pair.ts'
import type { Proposals } from '../../shared/refine/propose/proposer.ts'
import { openLines } from '../kept-lines.ts'

const cost = z.object({ judge_calls: z.int(), prompt_tokens: z.int(), completion_tokens: z.int() })

const trial = z.object({
  pair: z.string(),
  outcome,
  error: z.string().nullable(),
  judgment: z.string().nullable(),
  blame: z.object({ clause: z.string().nullable(), level: level.nullable() }).nullable(),
  cost,
})

const proposals = z.object({
  edits: z.array(z.object({ edit, rationale: z.string(), origin: z.enum(['model', 'mutation']) })),
  cost,
  failure: z.string().nullable(),
  group: z
    .object({
      messages: z.array(message),
      completions: z.array(
        z.object({ text: z.string(), finish: z.enum(['stop', 'length']), edit: z.string().nullable() }),
      ),
    })
    .optional(),
})

const heading = z.object({ of: z.string(), layer: z.string(), secret: z.string() })

/** What a journal is of: the hash of layer, pairs, judge and seed. `secret` fences what a model is shown. */
export type Heading = z.infer<typeof heading>

const line = z.union([
  z.strictObject({ key: z.literal('refine'), heading }),
  z.strictObject({ key: z.string(), trial }),
  z.strictObject({ key: z.string(), proposals }),
])

/** The answers that a search was given, in a file that survives a process killed at any moment. */
export type Journal = {
  /** Null before a new journal is begun. */
  readonly heading: Heading | null
  begin(heading: Heading): void
  /** By `LAYERHASH PAIR`. */
  trials: ReadonlyMap<string, Trial>
  proposals: ReadonlyMap<string, Proposals>
  keepTrial(key: string, of: Trial): void
  keepProposals(key: string, of: Proposals): void
}

/** Opens a journal, made on the first write; see `openLines`. */
export function openJournal(path: string): Journal {
  const lines = openLines(path, line, { option: '--journal' })
  const trials = new Map<string, Trial>()
  const asked = new Map<string, Proposals>()
  let begun: Heading | null = null
  for (const known of lines.known.values()) {
    if ('heading' in known) begun = known.heading
    else if ('trial' in known) trials.set(known.key, known.trial)
    else asked.set(known.key, known.proposals)
  }
  return {
    get heading() {
      return begun
    },
    begin(made) {
      lines.append({ key: 'refine', heading: made })
      begun = made
    },
    trials,
    proposals: asked,
    keepTrial(key, of) {
      lines.append({ key, trial: of })
      trials.set(key, of)
    },
    keepProposals(key, of) {
      lines.append({ key, proposals: of })
      asked.set(key, of)
    },
  }
}

/** How many layers a journal has judged on these pairs, beside those of the hashes given. */
export function layersTested({ trials }: Journal, pairs: LabelledPair[], known: string[]): number {
  const ids = new Set(pairs.map(({ id }) => id))
  const tested = new Set(
    [...trials].filter(([, { pair }]) => ids.has(pair)).map(([key]) => key.split(' ', 1)[0]),
  )
  for (const hash of known) tested.delete(hash)
  return tested.size
}
