import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

/** Logits that another implementation computed for a tiny model: a row for each of some positions. */
const reference = z.object({
  tokens: z.array(z.number()),
  positions: z.array(z.number()),
  logits: z.array(z.array(z.number())),
})
export type Reference = z.infer<typeof reference>

export const REFERENCE_POSITIONS = [0, 4, 10, 15]

export function referencePath(name: string): string {
  return join(import.meta.dirname, '..', 'fixtures', 'families', `${name}.json`)
}

export async function readReference(name: string): Promise<Reference> {
  return reference.parse(JSON.parse(await readFile(referencePath(name), 'utf8')))
}
