import type { Range } from '../../../shared/reward/compare/shaping.ts'
import { rangeOf } from '../../../shared/reward/range.ts'
import { SHARE } from './sample.ts'
import { type DialectSettings, mayCompare } from './settings.ts'

const EXAMPLES = {
  openrlhf: {
    client: 'OpenRLHF: --reward.remote_url URL, or --remote_rm_url URL up to 0.10.1',
    request: {
      query: ['<|user|>2+2?<|assistant|>4</s>'],
      prompts: ['<|user|>2+2?<|assistant|>'],
      labels: ['4'],
    },
    reply: (reward: number, score: number) => ({
      rewards: [reward],
      scores: [score],
      judgments: [['jdg_...']],
      substituted: 0,
    }),
  },
  slime: {
    client: 'slime and miles: --rm-type remote_rm --rm-url URL',
    request: { prompt: [{ role: 'user', content: '2+2?' }], response: '4', label: '4' },
    reply: (reward: number) => reward,
  },
} as const

/** What `GET` on a dialect's URL says: how a URL with these settings rewards, and an example. */
export function describeDialect(name: keyof typeof EXAMPLES, url: string, settings: DialectSettings) {
  const { client, request, reply } = EXAMPLES[name]
  const single = rangeOfOne(settings)
  const example = reply(single[1], 1)
  const { key: _, ...shown } = settings
  return {
    object: 'dialect',
    name,
    client,
    settings: shown,
    range: { single, group: canGroup(settings) ? rangeOf(settings) : single },
    empty_response: 'the lowest reward',
    on_error: settings.on_error ?? 'null rewards answer 503',
    example: {
      url: withoutKey(url),
      request,
      reply: settings.reply === 'object' ? { score: example } : example,
    },
  }
}

/** The lowest is null where it is the label's rubric that says how much faults count. */
function rangeOfOne(settings: DialectSettings): Range | [null, number] {
  const { verifier, against, protocol, scoring } = settings
  if (scoring === 'probability') return rangeOf({ protocol: 'pointwise', scoring })
  if (against === 'rubric' && scoring !== 'implicit') return [null, 1]
  const ranged = against === 'label' || protocol === 'rubric-arm/judge'
  return verifier === undefined && ranged ? rangeOf(settings) : SHARE
}

function canGroup(settings: DialectSettings): boolean {
  const { verifier, against } = settings
  return verifier === undefined && mayCompare(settings) && (against === undefined || against === 'group')
}

function withoutKey(url: string): string {
  const shown = new URL(url)
  shown.searchParams.delete('key')
  return shown.href
}
