import type { Mode, PairProtocol } from '../../protocol/judgment.ts'
import type { Rubric } from '../../protocol/rubric.ts'
import { flatOf } from '../../rubric/tree.ts'
import { ARM_OPINIONS } from '../../rubric-arm/opinions.ts'
import type { PairJob } from '../job.ts'
import { COMPARERS } from './comparers.ts'
import { DIRECT_OPINIONS } from './direct.ts'
import { judgeSingle } from './single.ts'
import type { PairWay, PassTask } from './way.ts'

/** How a pair is judged in one order: OpenRS in its two modes, and each of the other protocols. */
const PAIR_WAYS: Record<Mode | Exclude<PairProtocol, 'openrs'>, PairWay> = {
  staged: {
    sampled: (verdicts) => COMPARERS[verdicts].sampled,
    judge: async (task, context) => ({
      criteria: await COMPARERS[context.model.verdicts].compare(withRubric(task), context),
    }),
  },
  single: { sampled: () => true, judge: judgeSingle },
  'rubric-arm': {
    sampled: (verdicts) => verdicts === 'generate',
    judge: (task, context) => ARM_OPINIONS[context.model.verdicts](withRubric(task), context),
  },
  direct: {
    sampled: (verdicts) => verdicts === 'generate',
    judge: (task, context) => DIRECT_OPINIONS[context.model.verdicts](task, context),
  },
}

/** The way of a job. */
export const wayOf = ({ protocol, mode }: Pick<PairJob, 'protocol' | 'mode'>): PairWay =>
  PAIR_WAYS[protocol === 'openrs' ? mode : protocol]

function withRubric(task: PassTask): PassTask & { rubric: Rubric } {
  const { rubric } = task
  if (rubric === null) throw new Error('A pair has its rubric before its verdicts.')
  return { ...task, rubric: { ...rubric, criteria: flatOf(rubric.criteria) } }
}
