import { readFileSync } from 'node:fs'
import * as z from 'zod'

const group = z.union([
  z.object({ prompt: z.string(), responses: z.array(z.string()) }),
  z
    .object({ prompt: z.string(), chosen: z.array(z.string()), rejected: z.array(z.string()) })
    .transform(({ prompt, chosen, rejected }) => ({
      prompt,
      // best and worst by turns, so that the first few of a group hold both
      responses: chosen.flatMap((response, at) => [response, ...rejected.slice(at, at + 1)]),
    })),
])
export type RealGroup = z.infer<typeof group>

/** Reads groups of real responses: a JSON array of `{prompt, responses}` or of RM-Bench's `{prompt, chosen, rejected}`. */
export function readGroups(file: string): RealGroup[] {
  return z.array(group).parse(JSON.parse(readFileSync(file, 'utf8')))
}
