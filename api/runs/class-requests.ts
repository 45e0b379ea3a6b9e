import { PlumblineError } from '../../shared/protocol/error.ts'
import { pairProtocol } from '../../shared/protocol/judgment.ts'
import { rangeOf } from '../../shared/reward/range.ts'
import type { ClassPart } from '../../shared/runs/class-criteria.ts'
import type { Group } from '../dialects/group-samples.ts'
import { SHARE } from '../dialects/sample.ts'
import { type DialectSettings, mayCompare } from '../dialects/settings.ts'

/** Whether a group's responses are compared, and not scored each by itself. */
export function compares({ request: { protocol = 'openrs' } }: Group): boolean {
  return pairProtocol.safeParse(protocol).success
}

/**
 * The same group rewarded by one class alone. Throws `invalid_request` where the URL asks for what has no classes, or
 * compares responses of a prompt that has verifiers.
 */
export function byClass(group: Group, part: ClassPart): Group {
  const { protocol, class_weights } = group.request
  if (class_weights) throw refusal('meta_class', 'this run chooses the class itself')
  if (protocol === 'direct' || (!compares(group) && protocol !== 'pointwise')) {
    throw refusal('protocol', `${protocol} has no criteria to make classes of`)
  }
  if (part.constraints) {
    if (compares(group)) {
      throw refusal('protocol', 'the label gives verifiers, by which nothing is compared')
    }
    const { prompt } = group.request
    return {
      ...group,
      range: SHARE,
      request: { protocol: 'verifier', prompt, constraints: part.constraints },
    }
  }
  const request = { ...group.request, ...part }
  return { ...group, range: rangeOf(request), request }
}

/** The settings of a URL that score each response by itself, whatever it compares. */
export function eachByItself(settings: DialectSettings): DialectSettings {
  if (!mayCompare(settings)) return settings
  const { against: _, anchor: __, shaping: ___, ...rest } = settings
  return { ...rest, protocol: 'pointwise' }
}

/** Throws `invalid_request` for a URL that compares where the run's objective weighs scores of single responses. */
export function refuseComparison(groups: readonly Group[]): void {
  if (groups.some(compares)) throw refusal('protocol', 'its objective weighs the scores of single responses')
}

/** The group's samples, each scored by itself against the same criteria. */
export function eachAlone(group: Group): Group[] {
  const { prompt, model, meta_rubric, reference, scoring } = group.request
  const request = {
    ...{ protocol: 'pointwise' as const, prompt },
    ...(model !== undefined && { model }),
    ...(meta_rubric !== undefined && { meta_rubric }),
    ...(reference !== undefined && { reference }),
    ...(scoring !== undefined && { scoring }),
  }
  return group.samples.map((sample) => ({ samples: [sample], range: rangeOf(request), request }))
}

function refusal(param: string, why: string): PlumblineError {
  const message = `${param} can't stand in the URL of this run, since ${why}: leave it out.`
  return new PlumblineError('invalid_request', message, { param })
}
