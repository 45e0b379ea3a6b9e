import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as z from 'zod'
import { type Message, message } from '../../shared/protocol/message.ts'

/** A prompt whose domain is known from the data set that it comes from. */
export type Placed = { domain: string; prompt: Message[] }

const user = (content: string): Message[] => [{ role: 'user', content }]

const problem = z.object({ problem: z.string() }).transform((row) => user(row.problem))
const question = z.object({ question: z.string() }).transform((row) => user(row.question))
const conversation = z
  .object({ prompt: z.array(z.looseObject({ role: message.shape.role, content: z.string() })) })
  .transform(({ prompt }) => prompt.map(({ role, content }): Message => ({ role, content })))
const plain = z.object({ prompt: z.string() }).transform((row) => user(row.prompt))
const harmless = z.object({ chosen: z.string() }).transform(({ chosen }) => turnsOf(chosen))

/** Auto-J's scenarios that lie in a domain by their names. Our own assignment, as is "general" for what is in none. */
const SCENARIOS: Record<string, string[]> = {
  'creative-writing': ['creative_writing', 'writing_song_lyrics'],
  code: ['code_generation', 'code_correction_rewriting', 'explaining_code', 'code_simplification'],
  'factual-qa': ['verifying_fact', 'explaining_general'],
  general: ['chitchat', 'recommendation', 'planning', 'seeking_advice'],
}

/** Up to `count` prompts of each domain out of a folder with the data sets, spread evenly over each file. */
export function placedPrompts(folder: string, count: number): Placed[] {
  const read = <Row>(path: string, row: z.ZodType<Row>) =>
    rowsOf(join(folder, path)).map((line) => row.parse(line))
  const placed = (domain: string, prompts: Message[][], share = count): Placed[] =>
    spread(prompts, share).map((prompt) => ({ domain, prompt }))
  const scenarios = read(
    'autoj_pairwise/autoj_pairwise.jsonl',
    z.object({ scenario: z.string(), prompt: z.string() }),
  )
  return [
    ...placed('mathematics', read('math500/math500_test.json', problem), Math.ceil(count / 2)),
    ...placed('mathematics', read('gsm8k/test.jsonl', question), Math.floor(count / 2)),
    ...placed('instruction-following', read('ifeval/input_data.jsonl', plain)),
    ...placed('medicine', read('healthbench104/context_seeking_consensus_hard_104.jsonl', conversation)),
    ...placed('safety', read('hh_rlhf_harmless/harmless-base.test.jsonl.gz', harmless)),
    ...Object.entries(SCENARIOS).flatMap(([domain, names]) =>
      placed(
        domain,
        scenarios.filter(({ scenario }) => names.includes(scenario)).map((row) => user(row.prompt)),
      ),
    ),
  ]
}

function rowsOf(path: string): unknown[] {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  if (path.endsWith('.json')) return z.array(z.unknown()).parse(JSON.parse(text))
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]))
}

/** The turns of an HH-RLHF transcript up to the last human one. */
function turnsOf(transcript: string): Message[] {
  const turns = transcript.split(/\n\n(?=Human:|Assistant:)/).flatMap((turn): Message[] => {
    const said = /^(Human|Assistant):([\s\S]*)$/.exec(turn.trim())
    const content = said?.[2]?.trim() ?? ''
    return content === '' ? [] : [{ role: said?.[1] === 'Human' ? 'user' : 'assistant', content }]
  })
  return turns.slice(0, turns.findLastIndex(({ role }) => role === 'user') + 1)
}

function spread<Item>(items: Item[], count: number): Item[] {
  const step = Math.max(1, items.length / count)
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[Math.floor(index * step)],
  ).flatMap((item) => (item === undefined ? [] : [item]))
}
