import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import * as z from 'zod'
import { edit, outcome } from '../../shared/protocol/governance.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { level } from '../../shared/protocol/rubric.ts'
import type { Trial } from '../../shared/refine/pair.ts'
import type { Proposals } from '../../shared/refine/propose/proposer.ts'
import { Failure } from '../failure.ts'

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
})

/** What a journal is of. `key` is the hash of layer, pairs and judge; `secret` fences what a model is shown. */
export type Heading = { key: string; layer: string; secret: string }

const line = z.union([
  z.strictObject({ refine: z.object({ key: z.string(), layer: z.string(), secret: z.string() }) }),
  z.strictObject({ trial: z.object({ key: z.string(), of: trial }) }),
  z.strictObject({ proposals: z.object({ key: z.string(), of: proposals }) }),
])
type Line = z.infer<typeof line>

/** The answers that a search was given, in a file that survives a process killed at any moment. */
export type Journal = {
  /** Null before a new journal is begun. */
  readonly heading: Heading | null
  /** Writes the heading of a new journal. */
  begin(heading: Heading): void
  trials: ReadonlyMap<string, Trial>
  proposals: ReadonlyMap<string, Proposals>
  /** On the disk before it returns. */
  keepTrial(key: string, of: Trial): void
  keepProposals(key: string, of: Proposals): void
}

/**
 * Opens a journal, made on the first write. A half-written last line, as a killed process leaves it, is cut off;
 * any other line that is not ours throws a `Failure`, since the file may be somebody's data.
 */
export function openJournal(path: string): Journal {
  const trials = new Map<string, Trial>()
  const asked = new Map<string, Proposals>()
  const text = existsSync(path) ? explained(path, () => readFileSync(path, 'utf8')) : ''
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  let heading: Heading | null = null
  for (const [index, written] of complete.split('\n').entries()) {
    if (written === '') continue
    const read = line.safeParse(jsonOrNull(written))
    if (!read.success || (index === 0) !== 'refine' in read.data) {
      throw new Failure(`Line ${index + 1} of '${path}' is no line of a journal: name another --journal.`)
    }
    if ('refine' in read.data) heading = read.data.refine
    else if ('trial' in read.data) trials.set(read.data.trial.key, read.data.trial.of)
    else asked.set(read.data.proposals.key, read.data.proposals.of)
  }
  const cutOff = text.slice(complete.length)
  if (cutOff !== '') {
    if (complete === '' && !BEGINNING.startsWith(cutOff.slice(0, BEGINNING.length))) {
      throw new Failure(`'${path}' holds something else: name another --journal.`)
    }
    explained(path, () => truncateSync(path, Buffer.byteLength(complete)))
  }

  function append(written: Line): void {
    explained(path, () => {
      const file = openSync(path, 'a')
      try {
        writeSync(file, `${JSON.stringify(written)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
    })
  }

  return {
    get heading() {
      return heading
    },
    begin(made) {
      append({ refine: made })
      heading = made
    },
    trials,
    proposals: asked,
    keepTrial(key, of) {
      append({ trial: { key, of } })
      trials.set(key, of)
    },
    keepProposals(key, of) {
      append({ proposals: { key, of } })
      asked.set(key, of)
    },
  }
}

const BEGINNING = '{"refine":'

function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(`Can't use '${path}' for the journal (${why}): name another --journal.`)
  }
}
