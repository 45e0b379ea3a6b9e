import { makeRubric } from '../../../shared/identity/id.ts'
import { NOTHING_SPENT } from '../../../shared/judge/evidence.ts'
import { present } from '../../../shared/judge/present.ts'
import type { Judgment, PairRequest, PointwiseRequest } from '../../../shared/protocol/judgment.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { leavesOf } from '../../../shared/rubric/tree.ts'

/**
 * Judges by rule what says nothing, since no request may hold an empty response: it loses to any other, and it meets no
 * criterion. A policy that ends its reply at once did so itself: that is an action, and no failure of the judge.
 */
export function emptyByRule(judge: RewardContext['judge']): RewardContext['judge'] {
  return async (request) => {
    if (request.responses.every((response) => response !== '')) return judge(request)
    return request.protocol === 'pointwise' ? ofSingle(request) : ofPair(request)
  }
}

function ofPair({ protocol = 'openrs', responses }: PairRequest): Judgment {
  const verifiers = responses.map((text, response) => ({
    ...{ name: 'not_empty', kind: 'text_count', response, passed: text !== '' },
    ...{ expected: 'some text', received: `${text.length} characters` },
  }))
  const found = { rubric: null, orders: [], verifiers, spent: NOTHING_SPENT, failure: null }
  return shown({ kind: 'pair', protocol, identical: false, ...found })
}

async function ofSingle({ rubric, scoring = 'explicit' }: PointwiseRequest): Promise<Judgment> {
  const criteria = typeof rubric === 'object' ? rubric.criteria : []
  const unmet = leavesOf(criteria).map(({ id }) => ({ id, met: 0, evidence: null, reason: null }))
  const rating = scoring === 'implicit' ? { value: 1, reason: null } : null
  const made = await makeRubric(criteria, null)
  const found = { rubric: made, criteria: unmet, rating, spent: NOTHING_SPENT, failure: null }
  return shown({ kind: 'pointwise', scoring, ...found })
}

function shown(evidence: Parameters<typeof present>[0]['evidence']): Judgment {
  return present({ id: 'jdg_empty', created: 0, model: '', evidence }, null, 'miss')
}
