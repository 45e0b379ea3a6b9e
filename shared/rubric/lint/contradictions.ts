import { isNegated, overlapOf, stemOf, subjectsOf, wordsOf } from './words.ts'

/** What a clause demands, and when; without `applies` it holds for every response. */
export type Demand = { id: string; title: string; applies?: string }

/** Two demands that one response can't meet together, and why. */
export type Contradiction = { ids: [string, string]; reason: string }

/** Opposite demands on one quality, by the words that state them. */
const AXES: { quality: string; poles: [string[], string[]] }[] = [
  {
    quality: 'length',
    poles: [
      ['short', 'brief', 'concise', 'terse', 'compact', 'succinct'],
      ['long', 'longer', 'lengthy', 'detailed', 'exhaustive', 'extensive', 'elaborate'],
    ],
  },
  {
    quality: 'register',
    poles: [['formal'], ['informal', 'casual', 'colloquial', 'chatty']],
  },
  {
    quality: 'difficulty',
    poles: [
      ['simple', 'plain', 'elementary'],
      ['technical', 'advanced', 'specialist'],
    ],
  },
  {
    quality: 'seriousness',
    poles: [
      ['serious', 'sober', 'solemn'],
      ['funny', 'humorous', 'playful', 'witty'],
    ],
  },
  {
    quality: 'certainty',
    poles: [
      ['confident', 'assertive', 'certain'],
      ['hedged', 'tentative', 'cautious'],
    ],
  },
  {
    quality: 'layout',
    poles: [
      ['list', 'lists', 'bullets', 'bulleted'],
      ['prose', 'paragraphs'],
    ],
  },
  { quality: 'sense', poles: [['literal'], ['figurative', 'metaphorical']] },
]

/** Verbs that ask for a thing, and verbs that ask for its absence. */
const PRESENT = stems('contain give show add mention include cite use name keep have state provide offer')
const ABSENT = stems('omit avoid exclude drop skip remove refrain leave withhold lack')

const UNCONDITIONAL =
  /\b(always|in every case|(any|every|all) (prompts?|requests?|questions?|answers?|responses?|texts?))\b/i

/** The share of words from which two demands speak of one subject, or two conditions are one. */
const SAME = 0.5

/**
 * The pairs of demands that contradict each other as far as words show it: opposite ends of one quality ("is
 * brief", "is detailed"), or a thing demanded and its absence ("cites sources", "cites no sources"). Demands
 * that apply in different cases do not contradict. English words alone; it does not see a contradiction
 * that takes knowledge of the matter, such as between "in metres" and "in feet".
 */
export function contradictionsOf(demands: Demand[]): Contradiction[] {
  return demands.flatMap((one, index) =>
    demands.slice(index + 1).flatMap((other): Contradiction[] => {
      if (!overlapInScope(one, other)) return []
      const reason = oppositeEnds(one.title, other.title) ?? presentAndAbsent(one.title, other.title)
      return reason === null ? [] : [{ ids: [one.id, other.id], reason }]
    }),
  )
}

function overlapInScope(one: Demand, other: Demand): boolean {
  if (isUnconditional(one) || isUnconditional(other)) return true
  return overlapOf(subjectsOf(one.applies ?? ''), subjectsOf(other.applies ?? '')) >= SAME
}

const isUnconditional = ({ applies }: Demand) => applies === undefined || UNCONDITIONAL.test(applies)

function oppositeEnds(one: string, other: string): string | null {
  const axis = AXES.find(({ poles }) => endOf(one, poles) * endOf(other, poles) === -1)
  return axis ? `opposite demands on ${axis.quality}` : null
}

/** -1 or 1 for the end of a quality that a title asks for, 0 where it asks for neither or for both. */
function endOf(title: string, [low, high]: [string[], string[]]): number {
  const words = wordsOf(title)
  const has = (pole: string[]) => words.some((word) => pole.includes(word))
  if (has(low) === has(high)) return 0
  return has(low) === isNegated(title) ? 1 : -1
}

function presentAndAbsent(one: string, other: string): string | null {
  const [a, b] = [objectOf(one), objectOf(other)]
  if (a.absent === b.absent || a.words.size === 0 || overlapOf(a.words, b.words) < SAME) return null
  return `one demands ${[...a.words].join(' ')} and the other its absence`
}

function objectOf(title: string): { words: Set<string>; absent: boolean } {
  const words = [...subjectsOf(title)]
  const object = words.filter((word) => !PRESENT.has(word) && !ABSENT.has(word) && !NOTHING.has(word))
  return { words: new Set(object), absent: isNegated(title) !== words.some((word) => ABSENT.has(word)) }
}

const NOTHING = stems('nothing none neither never cannot')

function stems(words: string): Set<string> {
  return new Set(words.split(' ').map(stemOf))
}
