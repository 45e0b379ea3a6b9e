import * as z from 'zod'
import { fence } from '../../model/fence.ts'
import type { LanguageModel, TokenCount } from '../../model/language-model.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { transcript } from '../../model/transcript.ts'
import { PlumblineError } from '../../protocol/error.ts'
import { type Edit, edit as editSchema } from '../../protocol/governance.ts'
import { type Message, toMessages } from '../../protocol/message.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { clauseIdOf } from '../edits/edit.ts'
import type { Cluster } from '../errors/cluster.ts'
import type { Cost, LabelledPair } from '../measure/pair.ts'
import { EDITS } from './edits-prompt.ts'
import { editKey, type ProposalRequest, type Proposed, type Proposer } from './proposer.ts'

/** Clusters shown, cases of each, and characters of each text: enough to see a pattern, and fits any context. */
const CLUSTERS = 5
const CASES = 2
const CHARACTERS = 600

/** Flat, so that any server can hold a model to it; `edit` reads it. */
export const editsReply = z.strictObject({
  changes: z.array(
    z.strictObject({
      op: z.enum(['add', 'modify', 'delete']),
      id: z.string(),
      level: z.enum(['core', 'important', 'highlight']),
      title: z.string(),
      description: z.string(),
      applies: z.string(),
      rationale: z.string(),
    }),
  ),
})
export type Change = z.infer<typeof editsReply>['changes'][number]

/**
 * Has a model write edits, by a prompt of ours (systems.md 3.4: proposals from error analysis). `secret` makes the
 * fences around the cases. What it writes is read by the schema of edits and believed no further; a model that fails
 * proposes nothing and says why.
 */
export function writingProposer(model: Pick<LanguageModel, 'generate'>, secret: string): Proposer {
  return async (request) => {
    const spent: TokenCount[] = []
    const counted: Pick<LanguageModel, 'generate'> = {
      async generate(messages, options) {
        const generation = await model.generate(messages, options)
        spent.push(generation.tokens)
        return generation
      },
    }
    const messages = await editsPrompt(request, request.count, secret)
    const { changes, failure } = await asked(counted, messages, request.seed)
    return { edits: usableEdits(changes, request).slice(0, request.count), cost: costOf(spent), failure }
  }
}

/** What a model is asked for so many edits by. */
export async function editsPrompt(
  { layer, clusters, tried }: ProposalRequest,
  count: number,
  secret: string,
): Promise<Message[]> {
  return fill(EDITS, {
    clauses: layer.pool
      .map(
        (clause) =>
          `- ${clause.id} [${clause.level}] ${clause.title}. ${clause.description} Applies when: ${clause.applies}`,
      )
      .join('\n'),
    'fenced:errors': await fence(secret, 'errors', errorsOf(clusters)),
    tried: tried.size === 0 ? 'none' : [...tried].map((key) => `- ${key}`).join('\n'),
    count: String(count),
    prefix: prefixHint(layer),
  })
}

/** The edits that can be tried: new ones, that leave vetoes alone, which are not a model's to change. */
export function usableEdits(changes: Change[], { layer, tried }: ProposalRequest): Proposed[] {
  const vetoes = new Set(layer.fatal.map(({ id }) => id))
  return changes
    .flatMap(toProposed)
    .filter(({ edit }) => !tried.has(editKey(edit)) && !vetoes.has(clauseIdOf(edit)))
}

async function asked(
  model: Pick<LanguageModel, 'generate'>,
  messages: Message[],
  seed: number,
): Promise<{ changes: Change[]; failure: string | null }> {
  try {
    const { changes } = await ask(model, messages, {
      name: 'edits',
      schema: editsReply,
      seed,
      temperature: 0.7,
    })
    return { changes, failure: null }
  } catch (error) {
    if (!PlumblineError.isInstance(error) || error.transient) throw error
    return { changes: [], failure: error.message }
  }
}

function toProposed({ op, rationale, ...clause }: Change): Proposed[] {
  const edit = op === 'delete' ? { op, id: clause.id } : { op, clause }
  const read = editSchema.safeParse(edit)
  return read.success ? [{ edit: read.data satisfies Edit, rationale, origin: 'model' }] : []
}

function errorsOf(clusters: Cluster[]): string {
  return clusters
    .slice(0, CLUSTERS)
    .map(({ outcome, clause, level, domain, pairs }) => {
      const fault = outcome === 'tie' ? 'was undecided' : 'preferred the other response'
      const cause = clause === null ? 'no single clause' : `clause ${clause} (${level})`
      const about = domain === null ? '' : `, prompts about ${domain}`
      const head = `## ${pairs.length} cases in which the judge ${fault}, mostly by ${cause}${about}`
      return [head, ...pairs.slice(0, CASES).map(caseOf)].join('\n\n')
    })
    .join('\n\n')
}

function caseOf({ prompt, responses: [first, second], label }: LabelledPair): string {
  const better = label === 'second' ? second : first
  const worse = label === 'second' ? first : second
  const names = label === 'tie' ? ['A response', 'One as good'] : ['Preferred', 'Not preferred']
  return [
    `Prompt: ${cut(transcript(toMessages(prompt)))}`,
    `${names[0]}: ${cut(better)}`,
    `${names[1]}: ${cut(worse)}`,
  ].join('\n')
}

const cut = (text: string) => (text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS)} [...]`)

function prefixHint({ extends: base, pool }: MetaRubricLayer): string {
  const prefix = pool[0]?.id.split('-')[0]
  return base === undefined || prefix === undefined ? '' : ` and that begins "${prefix}-"`
}

/** What calls of a model cost a search: tokens, but no call of its judge. */
export function costOf(tokens: TokenCount[]): Cost {
  return {
    judge_calls: 0,
    prompt_tokens: tokens.reduce((sum, { prompt }) => sum + prompt, 0),
    completion_tokens: tokens.reduce((sum, { completion }) => sum + completion, 0),
  }
}
