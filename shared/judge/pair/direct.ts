import * as z from 'zod'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { NEUTRAL, showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import type { VerdictMethod } from '../../protocol/model-entry.ts'
import { CHOOSE_DIRECT, DIRECT } from '../prompts/direct.ts'
import { BETTER } from './choose-verdicts.ts'
import type { ComparisonContext } from './comparer.ts'
import { weighOpinion } from './opinion.ts'
import type { Pass, PassTask } from './way.ts'

/** The winner of a pair in one question without a rubric: the baseline of every rubric. */
export const DIRECT_OPINIONS: Record<
  VerdictMethod,
  (task: PassTask, context: ComparisonContext) => Promise<Pass>
> = { generate: writeOpinion, choose: chooseOpinion }

async function writeOpinion(task: PassTask, { model, secret, signal }: ComparisonContext): Promise<Pass> {
  const { reason, verdict } = await ask(model, fill(DIRECT, await shown(task, secret)), {
    name: 'direct',
    schema: z.strictObject({ reason: z.string(), verdict: z.literal([-2, -1, 0, 1, 2]) }),
    temperature: task.temperature,
    seed: task.seed,
    ...(signal ? { signal } : {}),
  })
  return { criteria: [], opinion: { verdict, confidence: null, reason } }
}

async function chooseOpinion(task: PassTask, context: ComparisonContext): Promise<Pass> {
  const texts = await shown(task, context.secret)
  const neutral = await shown(NOTHING_SHOWN, context.secret)
  const question = {
    ask: (scale: string) => fill(CHOOSE_DIRECT, { ...texts, scale }),
    neutral: (scale: string) => fill(CHOOSE_DIRECT, { ...neutral, scale }),
  }
  return weighOpinion(question, BETTER, context)
}

type Shown = Pick<PassTask, 'prompt' | 'shown' | 'reference'>

const NOTHING_SHOWN: Shown = {
  prompt: [{ role: 'user', content: NEUTRAL }],
  shown: [NEUTRAL, NEUTRAL],
  reference: null,
}

async function shown({ prompt, shown: pair, reference }: Shown, secret: string) {
  return {
    ...(await showPair(secret, transcript(prompt), pair)),
    ...(await showReference(secret, reference)),
  }
}
