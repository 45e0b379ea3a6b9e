import type {
  Choice,
  ChooseOptions,
  GenerateOptions,
  Generation,
  LanguageModel,
} from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { tokenAttributes } from '../../shared/telemetry/gen-ai.ts'
import { type ChatCompletion, countTokens, readCompletion, type TokenLogprob } from './completion-reply.ts'
import { limitedFetch, type Outbound } from './limited-fetch.ts'
import { inModelCall } from './model-call-span.ts'
import { modelIdentity } from './model-config.ts'

const DEFAULT_MAX_TOKENS = 4096
/** The most alternatives that the OpenAI API gives for a token. */
const TOP_LOGPROBS = 20

/** A model behind any OpenAI-compatible server, as the judge sees models. */
export function chatCompletions(entry: ModelEntry, outbound: Outbound): LanguageModel {
  const complete = (body: object, { signal, trace }: ChooseOptions): Promise<ChatCompletion> =>
    inModelCall(trace, entry, 'chat', async (inner) => {
      const request = JSON.stringify({ model: entry.model, ...body })
      const within = inner ? { ...outbound, trace: inner } : outbound
      const reply = await limitedFetch(entry, '/chat/completions', request, within, signal)
      const completion = await readCompletion(entry, reply, outbound.environment)
      inner?.note(tokenAttributes(countTokens(completion)))
      return completion
    })
  return {
    identity: modelIdentity(entry),
    instantiate: entry.instantiate,
    verdicts: entry.verdicts,
    async generate(messages: Message[], options: GenerateOptions = {}): Promise<Generation> {
      const { schema, temperature = 0, seed, topP, reasoningEffort } = options
      const completion = await complete(
        {
          messages,
          temperature,
          max_tokens: options.maxTokens ?? DEFAULT_MAX_TOKENS,
          ...(seed !== undefined && { seed }),
          ...(topP !== undefined && { top_p: topP }),
          ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
          ...(schema && {
            response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } },
          }),
        },
        options,
      )
      return toGeneration(entry, completion)
    },
    async choose(messages: Message[], choices: string[], options: ChooseOptions = {}): Promise<Choice> {
      const completion = await complete(
        { messages, temperature: 0, max_tokens: 1, logprobs: true, top_logprobs: TOP_LOGPROBS },
        options,
      )
      return { probabilities: weigh(entry, completion, choices), tokens: countTokens(completion) }
    },
  }
}

function toGeneration(entry: ModelEntry, completion: ChatCompletion): Generation {
  const [{ message, finish_reason }] = completion.choices
  if (message.content == null || finish_reason === 'content_filter') {
    const refused = Boolean(message.refusal) || finish_reason === 'content_filter'
    throw new PlumblineError(
      refused ? 'reply_refused' : 'reply_invalid',
      `Model '${entry.id}' ${refused ? 'refused to answer' : 'sent no text'}: use another model for this prompt.`,
    )
  }
  const finish = finish_reason === 'length' ? 'length' : 'stop'
  return { text: message.content, finish, tokens: countTokens(completion) }
}

/**
 * The probability of each choice, normalised over the choices: that of every first token that is the choice
 * itself, with or without white space before it. Throws `choice_not_observed` when one is not in the list.
 */
function weigh(entry: ModelEntry, completion: ChatCompletion, choices: string[]): number[] {
  const [first] = completion.choices[0].logprobs?.content ?? []
  if (first === undefined) {
    throw new PlumblineError(
      'choice_not_observed',
      `Model '${entry.id}' sent no logprobs: set its verdicts and instantiate to "generate".`,
    )
  }
  const tokens = alternatives(first)
  const masses = choices.map((choice) =>
    tokens.reduce((mass, { token, logprob }) => mass + (token.trim() === choice ? Math.exp(logprob) : 0), 0),
  )
  const missing = choices.find((_, index) => !masses[index])
  if (missing !== undefined) {
    throw new PlumblineError(
      'choice_not_observed',
      `Model '${entry.id}' gave no probability for '${missing}' among its ${tokens.length} likeliest tokens: set its verdicts to "generate".`,
    )
  }
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  return masses.map((mass) => mass / total)
}

/** Some servers leave the sampled token out of its own alternatives. */
function alternatives(sampled: TokenLogprob): TokenLogprob[] {
  const top = sampled.top_logprobs ?? []
  return top.some(({ token }) => token === sampled.token) ? top : [sampled, ...top]
}
