import * as z from 'zod'
import { prompt } from '../protocol/message.ts'
import { name, text } from '../protocol/text.ts'
import code from './golden/code.v1.json' with { type: 'json' }
import creativeWriting from './golden/creative-writing.v1.json' with { type: 'json' }
import factualQa from './golden/factual-qa.v1.json' with { type: 'json' }
import general from './golden/general.v1.json' with { type: 'json' }
import instructionFollowing from './golden/instruction-following.v1.json' with { type: 'json' }
import mathematics from './golden/mathematics.v1.json' with { type: 'json' }
import medicine from './golden/medicine.v1.json' with { type: 'json' }
import safety from './golden/safety.v1.json' with { type: 'json' }

/** A pair of which nobody doubts the better response, and the clause that separates the two. */
export const goldenPair = z
  .strictObject({
    id: name,
    clause: name,
    prompt,
    responses: z.tuple([text, text]),
    label: z.enum(['first', 'second']).describe('The better response.'),
    why: text,
  })
  .meta({ id: 'GoldenPair' })
export type GoldenPair = z.infer<typeof goldenPair>

/** The golden pairs of one meta-rubric, by its name. */
export const goldenSet = z.strictObject({
  name,
  version: z.int().min(1).describe('Of this set: whoever adds or mends a pair raises it.'),
  pairs: z.array(goldenPair),
})
export type GoldenSet = z.infer<typeof goldenSet>

const FILES = [general, code, factualQa, mathematics, creativeWriting, safety, medicine, instructionFollowing]

let loaded: GoldenSet[] | undefined

/** Every set of golden pairs that ships with the service. */
export function goldenSets(): GoldenSet[] {
  loaded ??= FILES.map((file) => goldenSet.parse(file))
  return loaded
}

/** The golden pairs of a meta-rubric, whatever its version; none where it has none. */
export function goldenPairs(metaRubric: string): GoldenPair[] {
  return goldenSets().find((set) => set.name === metaRubric)?.pairs ?? []
}
