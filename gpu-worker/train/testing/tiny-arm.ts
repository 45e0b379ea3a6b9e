import type { Message } from '../../../shared/protocol/message.ts'
import type { Criterion } from '../../../shared/protocol/rubric.ts'
import { SMALL_FORM } from '../../../shared/rubric-arm/forms/small.ts'
import { itemsOf, listItems } from '../../../shared/rubric-arm/items.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { misled, pick, type Request } from './tiny-language.ts'
import { preferences } from './tiny-lines.ts'

/** Rubric-ARM in the tiny language: the rule is the colour, and the rubric has to name it. */

/** Labelled pairs, of which either response is the better one as often. */
export function labelledPairs(requests: readonly Request[], count: number, seed: number) {
  const random = seededRandom(seed)
  return preferences(requests, count, ['colour'], seed).map(({ prompt, chosen, rejected }) => {
    const first = random() < 0.5
    const responses: [string, string] = first ? [chosen, rejected] : [rejected, chosen]
    return { prompt, responses, winner: first ? ('first' as const) : ('second' as const) }
  })
}

export function colourRubric(colour: string): { criteria: Criterion[]; text: string } {
  const criteria: Criterion[] = [{ id: 'c01', rule: 'hard_rule', title: `The response says ${colour}.` }]
  return { criteria, text: listItems(itemsOf(criteria)) }
}

/** How a teacher of both roles errs, as probabilities. */
export type Teacher = {
  /** That a rubric names the right colour; else it names the one that the misled say. */
  rubric: number
  /** That the judge looks at the responses; else it finds for A. */
  judge: number
}

/** Conversations of a teacher: half with rubrics, half with judgments by rubrics like those. */
export async function teachings(
  requests: readonly Request[],
  count: number,
  teacher: Teacher,
  seed: number,
): Promise<{ messages: Message[] }[]> {
  const random = seededRandom(seed)
  const pairs = labelledPairs(requests, count, seed)
  const colours = new Map(requests.map(({ prompt, wanted }) => [prompt, wanted.colour]))
  return Promise.all(
    pairs.map(async ({ prompt: content, responses }, index) => {
      const right = colours.get(content) ?? ''
      const colour = random() < teacher.rubric ? right : misled('colour', right)
      const { criteria, text } = colourRubric(colour)
      const looks = random() < teacher.judge
      const guess = pick(['A', 'B'], random)
      const prompt: Message[] = [{ role: 'user', content }]
      if (index % 2 === 0) return replied(await SMALL_FORM.generatorMessages(prompt, SECRET), text)
      const shown = { prompt, shown: responses, reference: null, criteria }
      const [a, b] = looks ? responses.map((one) => one.split(' ').includes(colour)) : [true, false]
      const winner = a === b ? guess : a ? 'A' : 'B'
      return replied(
        await SMALL_FORM.judgeMessages(shown, SECRET),
        `Gatekeeper: 1\nA: 1 ${a ? 'yes' : 'no'}\nB: 1 ${b ? 'yes' : 'no'}\nWinner: ${winner}`,
      )
    }),
  )
}

const SECRET = 'tiny'

const replied = (asked: Message[], content: string) => ({
  messages: [...asked, { role: 'assistant' as const, content }],
})
