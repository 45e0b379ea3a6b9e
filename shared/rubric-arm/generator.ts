import { makeRubric } from '../identity/id.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Instantiation } from '../protocol/model-entry.ts'
import { select } from '../rubric/select.ts'
import type { Instantiator } from '../rubric/task.ts'
import { SERVED_FORMS } from './forms/forms.ts'
import { ruleOf } from './items.ts'

/** Rubric-ARM's generator, which sees the prompt and nothing else, by what the model can do. */
export const ARM_GENERATORS: Record<Instantiation, Instantiator> = {
  /** Written greedily as a numbered list of typed items (systems.md 1.4), and read strictly, in the form that it was trained in. */
  async generate({ prompt, seed }, { model, secret, signal }) {
    const form = SERVED_FORMS[model.arm?.form ?? 'full']
    const writer = model.arm?.generator ?? model
    const { text, finish } = await writer.generate(await form.generatorMessages(prompt, secret), {
      temperature: 0,
      seed,
      maxTokens: form.replyTokens.rubric,
      ...(signal ? { signal } : {}),
    })
    if (finish === 'length') {
      throw new PlumblineError('reply_truncated', "The generator's rubric was cut off by its token limit.")
    }
    const { criteria, fault } = form.readRubric(withoutThoughts(text))
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
