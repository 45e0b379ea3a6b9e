import type { Clause, MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { SHIPPED_LAYERS } from '../../shared/rubric/meta-rubrics.ts'
import { openTestApp } from './test-app.ts'

const [general] = SHIPPED_LAYERS
if (!general) throw new Error('No layer ships.')
/** A general layer of an organisation's own. */
export const house: MetaRubricLayer = { ...general, name: 'house', title: 'House' }

/** A clause that it lacks. */
export const clause: Clause = {
  id: 'sources',
  level: 'highlight',
  title: 'Names where figures come from',
  description:
    'Figures that somebody may want to look up stand beside the document that they were taken from.',
  applies: 'The request is about statistics or measured quantities.',
}
/** Pairs that it judges right. */
export const golden = [
  {
    id: 'plain',
    clause: 'correctness',
    prompt: 'Which one?',
    responses: ['GOOD GOOD', 'bad'] as [string, string],
    label: 'first',
    why: 'The first is good.',
  },
]

/** An app whose judge sees no difference by a rubric that was made with the clause `sources` at hand. */
export async function openSwayedApp() {
  const app = await openTestApp()
  const criterion = (title: string) => ({ title, description: 'It is.', level: 'core', clause: null })
  app.models.replies.rubric = (text) =>
    JSON.stringify({
      criteria: [criterion(text.includes(`- ${clause.id} [core]`) ? 'Blurred' : 'Is right')],
    })
  app.models.replies.verdicts = (text) => {
    const first = /<response_a [0-9a-f]{8}>\nGOOD/.test(text) ? 1 : -1
    const verdict = text.includes('Blurred') ? 0 : 2 * first
    return JSON.stringify({ verdicts: [{ criterion: 'c01', evidence: 'x', reason: 'y', verdict }] })
  }
  return app
}
