import { makeRubric } from '../identity/id.ts'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { transcript } from '../model/transcript.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { Instantiation } from '../protocol/model-entry.ts'
import { select } from '../rubric/select.ts'
import type { Instantiator } from '../rubric/task.ts'
import { ruleOf } from './items.ts'
import { ARM_RUBRIC } from './prompts/rubric.ts'
import { readRubricText } from './rubric-text.ts'

/** Tokens of a generator's reply: twice what the published one is given (systems.md 1.3). */
const REPLY_TOKENS = 2048

/** What the generator is told of a prompt; a generator in training must be told the same. */
export async function generatorMessages(prompt: Message[], secret: string): Promise<Message[]> {
  return fill(ARM_RUBRIC, { 'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)) })
}

/** Rubric-ARM's generator, which sees the prompt and nothing else, by what the model can do. */
export const ARM_GENERATORS: Record<Instantiation, Instantiator> = {
  /** Written greedily as a numbered list of typed items (systems.md 1.4), and read strictly. */
  async generate({ prompt, seed }, { model, secret, signal }) {
    const { text, finish } = await model.generate(await generatorMessages(prompt, secret), {
      temperature: 0,
      seed,
      maxTokens: REPLY_TOKENS,
      ...(signal ? { signal } : {}),
    })
    if (finish === 'length') {
      throw new PlumblineError('reply_truncated', "The generator's rubric was cut off by its token limit.")
    }
    const { criteria, fault } = readRubricText(withoutThoughts(text))
    if (criteria !== null) return makeRubric(criteria, null)
    throw new PlumblineError('reply_invalid', `The generator's rubric can't be read. ${fault}`)
  },

  /**
   * A model that can't write picks the clauses of the meta-rubric that matter for the prompt, which stay as typed
   * items: our form for small models, which the paper has none of.
   */
  async select(task, context) {
    const { criteria, meta_rubric } = await select({ ...task, responses: null }, context)
    const items = criteria.map(({ level, ...rest }) => ({ ...rest, rule: ruleOf({ level }) }))
    return makeRubric(items, meta_rubric)
  },
}
