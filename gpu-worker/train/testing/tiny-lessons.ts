import type { Sampler } from '../sampler.ts'
import { labelledPairs } from './tiny-arm.ts'
import { misled, type Request, RULE_NAMES, TRAINED } from './tiny-language.ts'
import {
  type Learner,
  learnByPairs,
  learnByRules,
  learnDpo,
  learnRubricArm,
  learnSupervised,
} from './tiny-learners.ts'
import { demonstrations, preferences, verified } from './tiny-lines.ts'
import { judgeAccuracy, responsesRight } from './tiny-standing.ts'

/** A way of training, what it is trained on, and what it has to reach on requests that were held out. */
export type Lesson = {
  /** In [0, 1]: above what the base does, and below what is usually reached. */
  level: number
  train(learner: Learner, labels: Labels): Promise<unknown>
  /** What is held against the level; without roles, of the base. */
  standing(sampler: Sampler, trained: boolean): Promise<number>
}

/** As they are, or the wrong way round: what is right is punished. */
export type Labels = 'right' | 'swapped'

const SEED = 3
const ofPolicy: Pick<Lesson, 'standing'> = {
  standing: (sampler, trained) => responsesRight(sampler, trained ? 'policy' : null),
}

export const LESSONS: Readonly<Record<string, Lesson>> = {
  supervised: {
    ...ofPolicy,
    level: 0.95,
    train: (learner, labels) => learnSupervised(learner, demonstrations(requests(labels), 800, 1, SEED)),
  },
  dpo: {
    ...ofPolicy,
    level: 0.95,
    train(learner, labels) {
      const pairs = preferences(TRAINED, 1600, RULE_NAMES, SEED)
      const swapped = pairs.map(({ prompt, chosen, rejected }) => ({
        prompt,
        chosen: rejected,
        rejected: chosen,
      }))
      return learnDpo(learner, labels === 'right' ? pairs : swapped)
    },
  },
  grpo: {
    ...ofPolicy,
    level: 0.9,
    train: (learner, labels) => learnByRules(learner, verified(requests(labels))),
  },
  'arl-rr': {
    ...ofPolicy,
    level: 0.8,
    train: (learner, labels) =>
      // Short phases: the last class of long ones would be at the cost of the first.
      learnByRules(learner, verified(requests(labels)), {
        ...{ objective: 'alternate', steps: 24, phase_steps: 2 },
      }),
  },
  brpo: {
    ...ofPolicy,
    level: 0.9,
    train: (learner, labels) =>
      learnByPairs(
        learner,
        TRAINED.map(({ prompt }) => ({ prompt })),
        labels === 'right' ? 'better' : 'worse',
      ),
  },
  'rubric-arm': {
    level: 0.85,
    train(learner, labels) {
      const pairs = labelledPairs(TRAINED, 600, SEED)
      const other = { first: 'second', second: 'first' } as const
      return learnRubricArm(
        learner,
        labels === 'right' ? pairs : pairs.map((pair) => ({ ...pair, winner: other[pair.winner] })),
      )
    },
    standing: (sampler, trained) =>
      judgeAccuracy(
        sampler,
        { judge: trained ? 'judge' : null, generator: trained ? 'generator' : null },
        'own',
      ),
  },
}

/** The requests, of whose words the right ones are wanted or those of the misled. */
function requests(labels: Labels): readonly Request[] {
  if (labels === 'right') return TRAINED
  return TRAINED.map(({ prompt, wanted }) => {
    const { colour, verb, animal } = wanted
    return {
      prompt,
      wanted: {
        colour: misled('colour', colour),
        verb: misled('verb', verb),
        animal: misled('animal', animal),
      },
    }
  })
}
