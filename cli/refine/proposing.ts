import * as z from 'zod'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { layerHash } from '../../shared/refine/edits/edit.ts'
import type { Cost } from '../../shared/refine/measure/pair.ts'
import { mutationProposer } from '../../shared/refine/propose/mutate.ts'
import { inTurn, type ProposalRequest, type Proposer } from '../../shared/refine/propose/proposer.ts'
import { writingProposer } from '../../shared/refine/propose/write.ts'
import { get, type Service } from '../client.ts'
import { Failure } from '../failure.ts'
import { chatModel } from './chat-model.ts'
import type { Journal } from './journal.ts'
import type { RefineOptions } from './options.ts'

/** A proposer, and what each of its proposals cost. */
export type Proposing = { propose: Proposer; costs: Cost[] }

/** Edits by a model that writes, filled up by rule, or by rule alone. What is in the journal is not asked for again. */
export async function createProposing(
  service: Service,
  { proposer, proposerModel, model }: RefineOptions,
  journal: Journal,
  library: MetaRubricLayer[],
  signal: AbortSignal,
): Promise<Proposing> {
  const writer = proposerModel ?? model
  const byRule = mutationProposer(library)
  const writes = proposer === 'model' || (proposer === 'auto' && (await canWrite(service, writer, signal)))
  const secret = journal.heading?.secret ?? ''
  const ask = writes ? inTurn(writingProposer(chatModel(service, writer, signal), secret), byRule) : byRule
  const costs: Cost[] = []
  return {
    costs,
    async propose(request) {
      const key = await keyOf(request, writes ? (writer ?? 'default') : 'rules')
      const proposals = journal.proposals.get(key) ?? (await ask(request))
      if (!journal.proposals.has(key)) journal.keepProposals(key, proposals)
      costs.push(proposals.cost)
      return proposals
    },
  }
}

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
