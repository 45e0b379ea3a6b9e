import type { Message } from '../../../shared/protocol/message.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { rubricText, TINY_FORM } from './tiny-form.ts'
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

/** How a teacher of both roles errs, as probabilities. */
export type Teacher = {
  /** That a rubric names the right colour; else it names the one that the misled say. */
  rubric: number
  /** That the judge looks at the responses; else it finds for A. */
  judge: number
  /** That a judgment is a winner alone, which is not its form. */
  hasty: number
}

/**
 * Conversations of a teacher: a third with rubrics, the rest with judgments. Those go by rubrics that have nothing to do with the
 * request beside them, so that a judge learns to read the rubric.
 */
export async function teachings(
  requests: readonly Request[],
  count: number,
  teacher: Teacher,
  seed: number,
): Promise<{ messages: Message[] }[]> {
  const random = seededRandom(seed)
  const colours = new Map(requests.map(({ prompt, wanted }) => [prompt, wanted.colour]))
  const taught = labelledPairs(requests, count, seed).map(({ prompt, responses }) => {
    const right = colours.get(prompt) ?? ''
    const colour = random() < teacher.rubric ? right : misled('colour', right)
    const beside = pick(requests, random).prompt
    const looks = random() < teacher.judge
    const hasty = random() < teacher.hasty
    return { prompt, responses, right, colour, beside, looks, hasty }
  })
  return Promise.all(
    taught.map(async ({ prompt, responses, right, colour, beside, looks, hasty }, index) => {
      const asked = (content: string): Message[] => [{ role: 'user', content }]
      if (index % 3 === 0) {
        return replied(await TINY_FORM.generatorMessages(asked(prompt), ''), rubricText(colour))
      }
      const criteria = TINY_FORM.readRubric(rubricText(right)).criteria ?? []
      const [a, b] = looks ? responses.map((one) => one.split(' ').includes(right)) : [true, false]
      const winner = a ? 'A' : 'B'
      return replied(
        await TINY_FORM.judgeMessages(
          { prompt: asked(beside), shown: responses, reference: null, criteria },
          '',
        ),
        hasty ? `winner ${winner}` : `A ${a ? 'yes' : 'no'} B ${b ? 'yes' : 'no'} winner ${winner}`,
      )
    }),
  )
}

const replied = (asked: Message[], content: string) => ({
  messages: [...asked, { role: 'assistant' as const, content }],
})
