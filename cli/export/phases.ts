import { seedOf } from '../../shared/identity/seed.ts'
import { type Message, toMessages } from '../../shared/protocol/message.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import { itemsOf, listItems } from '../../shared/rubric-arm/items.ts'
import { generatorMessages, judgeMessages } from '../../shared/rubric-arm/messages.ts'
import { readRubricText } from '../../shared/rubric-arm/rubric-text.ts'
import type { Pair } from '../eval/task.ts'

/** A pair with a winner: ties train nobody. */
export type WonPair = Pair & { label: 'first' | 'second' }

/** One row of a phase, before it takes the shape of a trainer. */
export type PhaseRow = {
  id: string
  /** What the model in training is told. */
  messages: Message[]
  /** What its reward is asked for with, as JSON. */
  label: string
}

/**
 * A row of the judge phase: the pair in an order drawn by a hash, the rubric of its prompt, and the label turned with
 * the pair. `salt` sets one export's fences apart from another's.
 */
export async function judgeRow(
  { id, prompt, responses: [first, second], label }: WonPair,
  rubric: Pick<Rubric, 'criteria'>,
  seed: number,
  salt: string,
): Promise<PhaseRow> {
  const turned = (await seedOf(['shown', seed, id])) % 2 === 1
  const shown: [string, string] = turned ? [second, first] : [first, second]
  const task = { prompt: toMessages(prompt), shown, reference: null, rubric: { ...NAMELESS, ...rubric } }
  const winner = (label === 'first') === turned ? 'second' : 'first'
  const text = listItems(itemsOf(rubric.criteria))
  return {
    id,
    messages: await judgeMessages(task, salt),
    // a rubric that no generator wrote may not read as text
    label: JSON.stringify({
      rubric: readRubricText(text).criteria ? text : { criteria: rubric.criteria },
      pair: { winner },
    }),
  }
}

/** A row of the generator phase: the prompt alone; the pair is in the label. */
export async function generatorRow(
  { id, prompt, responses, label }: WonPair,
  salt: string,
): Promise<PhaseRow> {
  return {
    id,
    messages: await generatorMessages(toMessages(prompt), salt),
    label: JSON.stringify({ prompt, pair: { responses, winner: label } }),
  }
}

const NAMELESS = { id: '', object: 'rubric', meta_rubric: null } as const
