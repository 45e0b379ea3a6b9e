import * as z from 'zod'
import { SIMILARITY, type SimilarityMetric, similarityWork } from '../verify/similarity/scores.ts'
import { GraderFault } from './fault.ts'
import { defineGrader, type Surroundings } from './grader.ts'
import { faultOfModel } from './model-fault.ts'
import { render } from './template.ts'

/** Steps of a comparison: under a second. */
const MAX_WORK = 5e8

const metrics = Object.keys(SIMILARITY) as [SimilarityMetric, ...SimilarityMetric[]]

/** How alike two texts are, in [0, 1]; `cosine` is that of the embeddings of a model entry, in [-1, 1]. */
export const textSimilarity = defineGrader({
  schema: z
    .object({
      type: z.literal('text_similarity'),
      name: z.string(),
      input: z.string(),
      reference: z.string(),
      evaluation_metric: z.enum(metrics),
      model: z.string().min(1).optional().describe('Of cosine: the model entry that makes the embeddings.'),
    })
    .refine(({ evaluation_metric, model }) => evaluation_metric !== 'cosine' || model !== undefined, {
      path: ['model'],
      message:
        'is needed for cosine: name the model entry that makes embeddings, or use another evaluation_metric',
    }),
  templates: ({ input, reference }) => [input, reference],
  async grade({ input, reference, evaluation_metric: metric, model }, namespaces, surroundings) {
    const texts: [string, string] = [render(input, namespaces), render(reference, namespaces)]
    if (metric === 'cosine') return ofEmbeddings(model ?? '', texts, surroundings)
    if (similarityWork(metric, ...texts, MAX_WORK) > MAX_WORK) {
      const sentence = `Both texts are too long for ${metric}: grade shorter texts, or by another metric.`
      throw new GraderFault({ other_error: true }, sentence)
    }
    return { reward: SIMILARITY[metric](...texts) }
  },
})

async function ofEmbeddings(model: string, texts: [string, string], { embed }: Surroundings) {
  const [ours = [], theirs = []] = await embed(model, texts).catch((error: unknown) => {
    throw faultOfModel(error)
  })
  const product = ours.reduce((sum, value, index) => sum + value * (theirs[index] ?? Number.NaN), 0)
  const reward = product / (Math.hypot(...ours) * Math.hypot(...theirs))
  if (Number.isFinite(reward)) return { reward }
  const sentence = `The embeddings of '${model}' have no angle between them: see that it makes embeddings.`
  throw new GraderFault(
    { model_grader_server_error: true, model_grader_server_error_details: sentence },
    sentence,
  )
}
