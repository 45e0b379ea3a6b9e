import * as z from 'zod'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { layerHash } from '../../shared/refine/edits/edit.ts'
import type { Cost } from '../../shared/refine/measure/pair.ts'
import { mutationProposer } from '../../shared/refine/propose/mutate.ts'
import { inTurn, type ProposalRequest, type Proposer } from '../../shared/refine/propose/proposer.ts'
import { samplingProposer } from '../../shared/refine/propose/sample.ts'
import type { AskedGroup } from '../../shared/refine/propose/training-groups.ts'
import { writingProposer } from '../../shared/refine/propose/write.ts'
import { get, type Service } from '../client.ts'
import { Failure } from '../failure.ts'
import { chatModel } from './chat-model.ts'
import type { Journal } from './journal.ts'
import type { RefineOptions } from './options.ts'

/** A proposer, what each of its proposals cost, and the groups of a refinement policy. */
export type Proposing = { propose: Proposer; costs: Cost[]; groups: AskedGroup[] }

/**
 * Edits by a model that writes or by a policy that is sampled, filled up by rule, or by rule alone. What is in the journal
 * is not asked for again.
 */
export async function createProposing(
  service: Service,
  { proposer, proposerModel, model }: RefineOptions,
  journal: Journal,
  library: MetaRubricLayer[],
  signal: AbortSignal,
): Promise<Proposing> {
  const writer = proposerModel ?? model
  const byRule = mutationProposer(library)
  const secret = journal.heading?.secret ?? ''
  const kind =
    proposer !== 'auto' ? proposer : (await canWrite(service, writer, signal)) ? 'model' : 'mutation'
  const proposers: Record<typeof kind, () => Proposer> = {
    model: () => inTurn(writingProposer(chatModel(service, writer, signal), secret), byRule),
    policy: () => inTurn(samplingProposer(chatModel(service, writer, signal), secret), byRule),
    mutation: () => byRule,
  }
  const ask = proposers[kind]()
  const costs: Cost[] = []
  const groups: AskedGroup[] = []
  return {
    costs,
    groups,
    async propose(request) {
      const key = await keyOf(request, WRITERS[kind](writer ?? 'default'))
      const proposals = journal.proposals.get(key) ?? (await ask(request))
      if (!journal.proposals.has(key)) journal.keepProposals(key, proposals)
      costs.push(proposals.cost)
      if (proposals.group) groups.push({ parent: await layerHash(request.layer), group: proposals.group })
      return proposals
    },
  }
}

/** Whose proposals a key of the journal is of. */
const WRITERS = {
  model: (name: string) => name,
  policy: (name: string) => `policy ${name}`,
  mutation: () => 'rules',
} as const

const models = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), instantiate: z.string().optional() })),
})

async function canWrite(service: Service, id: string | undefined, signal: AbortSignal): Promise<boolean> {
  const { data } = await get(service, '/v1/models', models, { signal })
  // The default comes first.
  const entry = id === undefined ? data[0] : data.find((one) => one.id === id)
  if (!entry) throw new Failure(`The service has no model '${id}': name another --model or --proposer-model.`)
  return entry.instantiate === 'generate'
}

async function keyOf(
  { layer, clusters, count, seed, tried }: ProposalRequest,
  writer: string,
): Promise<string> {
  const shown = clusters.map(({ pairs, judgments: _, ...cause }) => ({
    ...cause,
    pairs: pairs.map(({ id }) => id),
  }))
  return sha256(canonicalJson([writer, await layerHash(layer), shown, count, seed, [...tried]]))
}
