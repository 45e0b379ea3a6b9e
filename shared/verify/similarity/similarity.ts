import * as z from 'zod'
import { quote } from '../quote.ts'
import { defineVerifier, verifierName } from '../verifier.ts'
import { SIMILARITY, type SimilarityMetric, similarityWork } from './scores.ts'

/** Steps of a full allowance: under a second. */
const MAX_WORK = 5e8

const metrics = Object.keys(SIMILARITY) as [SimilarityMetric, ...SimilarityMetric[]]

export const similarity = defineVerifier({
  kind: 'similarity',
  summary: 'The response is at least so much like a reference, by a metric in [0, 1].',
  schema: z.strictObject({
    kind: z.literal('similarity'),
    name: verifierName,
    metric: z.enum(metrics).describe('Of words; fuzzy_match is of characters.'),
    reference: z.string().min(1),
    min: z.number().min(0).max(1).describe('The score that passes.'),
    case_sensitive: z
      .boolean()
      .default(false)
      .describe('Of fuzzy_match, bleu and gleu; the others never are.'),
  }),
  run({ metric, reference, min, case_sensitive }, { response, share }) {
    const cased = (text: string) => (case_sensitive ? text : text.toLowerCase())
    const expected = `${metric} of at least ${min} with ${quote(reference, 80)}`
    const [ours, theirs] = [cased(response), cased(reference)]
    const most = MAX_WORK * share
    if (similarityWork(metric, ours, theirs, most) > most) {
      const reason = `Both texts are too long for ${metric}: send shorter texts, or fewer verifiers a call.`
      return { passed: null, expected, received: quote(response), reason }
    }
    const score = SIMILARITY[metric](ours, theirs)
    return { passed: score >= min, expected, received: `${metric} ${score.toFixed(4)}` }
  },
})
