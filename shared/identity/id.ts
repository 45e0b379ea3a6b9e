import type { View } from '../judge/pair/view.ts'
import type { OrderPolicy } from '../protocol/judgment.ts'
import type { Criterion, MetaRubric, MetaRubricInput, Rubric } from '../protocol/rubric.ts'
import { canonicalJson } from './canonical-json.ts'
import { sha256 } from './hash.ts'

/** The number of shards that records are spread over. Fixed: it is part of every judgment's id. */
export const SHARDS = 16

/** The shard of a prompt: all judgments of one prompt share their intent analysis, rubrics and flights. */
export async function shardOf(organisation: string, prompt: unknown): Promise<number> {
  const digest = await sha256(canonicalJson(['shard', organisation, prompt]))
  return Number.parseInt(digest.slice(0, 2), 16) % SHARDS
}

/** Puts criteria together as a rubric; its id is the hash of its content, so equal rubrics have one id. */
export async function makeRubric(criteria: Criterion[], metaRubric: string | null): Promise<Rubric> {
  const digest = await sha256(canonicalJson(['rubric', metaRubric, criteria]))
  return { id: `rub_${digest.slice(0, 32)}`, object: 'rubric', meta_rubric: metaRubric, criteria }
}

/** A meta-rubric with its id, which is the hash of its content. */
export async function makeMetaRubric(given: MetaRubricInput): Promise<MetaRubric> {
  const { id: _, object: __, ...rest } = given
  const content = { ...rest, extends: given.extends ?? null }
  const digest = await sha256(canonicalJson(['meta_rubric', content]))
  return { id: `met_${digest.slice(0, 32)}`, object: 'meta_rubric', ...content }
}

/** The id of what a judgment found, wherever and whenever it is found again. */
export async function makeEvidenceId(shard: number, content: unknown): Promise<string> {
  const digest = await sha256(canonicalJson(['judgment', content]))
  return `jdg_${shard.toString(16).padStart(2, '0')}${digest.slice(0, 30)}`
}

const POLICY_LETTERS: Record<OrderPolicy, string> = {
  strict: 's',
  mean: 'm',
  compat: 'c',
  forward: 'f',
  backward: 'b',
}
const LETTER_POLICIES = new Map(
  Object.entries(POLICY_LETTERS).map(([policy, letter]) => [letter, policy as OrderPolicy]),
)

/**
 * The id of a pair's judgment as it was shown: the evidence's id and the view, so that what a confidence was and who
 * won by it stays the same when the model entry's calibration changes.
 */
export function judgmentId(evidenceId: string, view: View): string {
  const minimum = view.min_score === 0 ? '' : String(view.min_score)
  const abstains = view.min_confidence > 0 ? `a${view.min_confidence}` : ''
  const calibrated = view.temperature === undefined ? '' : `t${view.temperature}`
  return `${evidenceId}-${view.swapped ? 'b' : 'f'}${POLICY_LETTERS[view.policy]}${minimum}${abstains}${calibrated}`
}

/**
 * The parts of a judgment's id, or null where `judgmentId` would not have written it so: a view has one id.
 * A pointwise judgment has no view.
 */
export function parseJudgmentId(id: string): { evidenceId: string; shard: number; view: View | null } | null {
  const match =
    /^(jdg_([0-9a-f]{2})[0-9a-f]{30})(?:-([fb])([smcfb])([0-9.e-]*)(?:a([0-9.e-]+))?(?:t([0-9.]+))?)?$/.exec(
      id,
    )
  if (!match) return null
  const [, evidenceId, shardHex, order, letter, minimum, confidence = 0, temperature] = match
  const shard = Number.parseInt(shardHex ?? '', 16)
  if (evidenceId === undefined || shard >= SHARDS) return null
  const policy = LETTER_POLICIES.get(letter ?? '')
  if (!order || !policy) return { evidenceId, shard, view: null }
  const view = {
    swapped: order === 'b',
    policy,
    min_score: Number(minimum),
    min_confidence: Number(confidence),
    ...(temperature !== undefined && { temperature: Number(temperature) }),
  }
  return judgmentId(evidenceId, view) === id ? { evidenceId, shard, view } : null
}
