import type { Generation, LanguageModel, TokenCount } from '../../model/language-model.ts'
import { ask } from '../../model/reply.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { Message } from '../../protocol/message.ts'
import { derivedSeed } from '../../statistics/derived-seed.ts'
import {
  editKey,
  type ProposalGroup,
  type ProposalRequest,
  type Proposed,
  type Proposer,
} from './proposer.ts'
import { costOf, editsPrompt, editsReply, usableEdits } from './write.ts'

type Completion = ProposalGroup['completions'][number] & { proposed: Proposed | null; tokens: TokenCount }

/** A policy is rolled out as it is. */
const TEMPERATURE = 1

/**
 * Has a refinement policy propose (systems.md 3.4): each edit is a completion of its own, of one prompt that asks for a
 * single edit, sampled with a seed of its own. So the completions of a request are a group, of which the search finds out
 * what each is worth. The policy is any model; one that was trained on such groups is named as it is served.
 */
export function samplingProposer(model: Pick<LanguageModel, 'generate'>, secret: string): Proposer {
  return async (request) => {
    const messages = await editsPrompt(request, 1, secret)
    const completions = await Promise.all(
      Array.from({ length: request.count }, (_, index) =>
        complete(model, messages, derivedSeed(request.seed, index), request),
      ),
    )
    const distinct = new Map(
      completions.flatMap(({ edit, proposed }) => (edit !== null && proposed ? [[edit, proposed]] : [])),
    )
    const edits = [...distinct.values()]
    const written = completions.map(({ text, finish, edit }) => ({ text, finish, edit }))
    return {
      edits,
      cost: costOf(completions.map(({ tokens }) => tokens)),
      failure: edits.length > 0 ? null : 'No completion of the policy is an edit that can be tried.',
      group: { messages, completions: written },
    }
  }
}

async function complete(
  model: Pick<LanguageModel, 'generate'>,
  messages: Message[],
  seed: number,
  request: ProposalRequest,
): Promise<Completion> {
  const made: Generation[] = []
  const recorded: Pick<LanguageModel, 'generate'> = {
    async generate(...call) {
      const generation = await model.generate(...call)
      made.push(generation)
      return generation
    },
  }
  const how = { name: 'edits', schema: editsReply, seed: seed % 2 ** 31, temperature: TEMPERATURE }
  const proposed = await ask(recorded, messages, how).then(
    ({ changes }) => usableEdits(changes.slice(0, 1), request)[0] ?? null,
    (error: unknown) => {
      // what can't be read is the policy's own doing; that a model did not answer is not
      if (PlumblineError.isInstance(error) && made.length > 0) return null
      throw error
    },
  )
  const [{ text, finish, tokens } = NOTHING_WRITTEN] = made
  return { text, finish, tokens, edit: proposed && editKey(proposed.edit), proposed }
}

const NOTHING_WRITTEN: Generation = {
  ...{ text: '', finish: 'stop' },
  tokens: { prompt: 0, completion: 0, cached: 0 },
}
