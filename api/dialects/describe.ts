import type { Range } from '../../shared/reward/compare/shaping.ts'
import { rangeOf } from '../../shared/reward/range.ts'
import type { Dialect } from './dialect.ts'
import { SHARE } from './sample.ts'
import { type DialectSettings, mayCompare } from './settings.ts'

/** What `GET` on a dialect's URL says: how a URL with these settings rewards, and an example. */
export function describeDialect(
  { name, client, example }: Pick<Dialect, 'name' | 'client' | 'example'>,
  url: string,
  settings: DialectSettings,
) {
  const single = rangeOfOne(settings)
  return {
    object: 'dialect',
    name,
    client,
    settings,
    range: { single, group: canGroup(settings) ? rangeOf(settings) : single },
    empty_response: 'the lowest reward',
    on_error: settings.on_error ?? 'null rewards answer 503',
    example: { url, request: example.request, reply: example.reply(single[1], 1, settings) },
  }
}

/** The lowest is null where it is the label's rubric that says how much faults count. */
function rangeOfOne(settings: DialectSettings): Range | [null, number] {
  const { verifier, against, protocol, scoring } = settings
  if (scoring === 'probability') return rangeOf({ protocol: 'pointwise', scoring })
  if (against === 'rubric' && scoring !== 'implicit') return [null, 1]
  const named = protocol !== undefined && mayCompare(settings)
  const ranged = named || against === 'label' || against === 'reference' || protocol === 'rubric-arm/judge'
  return verifier === undefined && ranged ? rangeOf(settings) : SHARE
}

function canGroup(settings: DialectSettings): boolean {
  const { verifier, against } = settings
  return verifier === undefined && mayCompare(settings) && (against === undefined || against === 'group')
}
