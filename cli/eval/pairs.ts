import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type Winner, winner } from '../../shared/protocol/judgment.ts'
import { prompt } from '../../shared/protocol/message.ts'
import { explain } from '../../shared/protocol/parse.ts'
import { Failure } from '../failure.ts'

/** A pair whose better response is known. */
export type Pair = {
  id: string
  prompt: z.infer<typeof prompt>
  responses: [string, string]
  label: Winner
  /** What several people said. */
  annotators?: Winner[]
  /** Who wrote the responses. */
  authors?: [string, string]
}

const jsonLine = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  prompt,
  responses: z.tuple([z.string(), z.string()]),
  label: winner,
  annotators: z.array(winner).exactOptional(),
  authors: z.tuple([z.string(), z.string()]).exactOptional(),
})

/** The layout of LLMBar: `label` says which of the two outputs is better. */
const llmbar = z.array(
  z.object({
    input: z.string(),
    output_1: z.string(),
    output_2: z.string(),
    label: z.union([z.literal(1), z.literal(2)]),
  }),
)

/** Reads a file of pairs in either layout. Throws a `Failure` that names the line or item that is wrong. */
export function readPairs(path: string): Pair[] {
  const text = readFile(path)
  const pairs = text.trimStart().startsWith('[') ? readLlmbar(text, path) : readJsonLines(text, path)
  if (pairs.length === 0) throw new Failure(`'${path}' holds no pair.`)
  const seen = new Set<string>()
  for (const { id } of pairs) {
    if (seen.has(id)) throw new Failure(`'${path}' has the id '${id}' twice: give each pair its own.`)
    seen.add(id)
  }
  return pairs
}

function readJsonLines(text: string, path: string): Pair[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const read = jsonLine.safeParse(parse(line))
    if (!read.success)
      throw new Failure(`Line ${index + 1} of '${path}' is no pair: ${complaint(read.error)}`)
    return [{ ...read.data, id: String(read.data.id ?? index + 1) }]
  })
}

function readLlmbar(text: string, path: string): Pair[] {
  const read = llmbar.safeParse(parse(text))
  if (!read.success) throw new Failure(`'${path}' is not in LLMBar's layout: ${complaint(read.error)}`)
  return read.data.map(({ input, output_1, output_2, label }, index) => ({
    id: String(index + 1),
    prompt: input,
    responses: [output_1, output_2],
    label: label === 1 ? 'first' : 'second',
  }))
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`Can't read '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function complaint(error: z.ZodError): string {
  const { param, message } = explain(error)
  return param === undefined ? 'give a JSON object.' : message
}
