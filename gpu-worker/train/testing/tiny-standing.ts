import { seededRandom } from '../../../shared/statistics/random.ts'
import type { Sampler } from '../sampler.ts'
import { labelledPairs } from './tiny-arm.ts'
import { rubricText, TINY_FORM } from './tiny-form.ts'
import { HELD_OUT, kept, pick, RULE_NAMES, type Rule } from './tiny-language.ts'

/** How well a model of the tiny language does on requests that nothing was trained on; all greedy. */

const TOKENS = 12
const greedy = { count: 1, maxTokens: TOKENS, temperature: 0, seed: 0 }

/** The share of responses that keep to each rule. */
export async function rulesKept(sampler: Sampler, role: string | null): Promise<Record<Rule, number>> {
  const samples = await sampler.sample(
    HELD_OUT.map(({ prompt }) => ({ messages: [{ role: 'user', content: prompt }], role, ...greedy })),
  )
  const found = samples.map(([sample], index) => {
    const request = HELD_OUT[index]
    return request ? kept(request.wanted, sample?.text ?? '') : []
  })
  const share = (rule: Rule) => found.filter((rules) => rules.includes(rule)).length / found.length
  return { colour: share('colour'), verb: share('verb'), animal: share('animal') }
}

/** The mean over the rules. */
export async function responsesRight(sampler: Sampler, role: string | null): Promise<number> {
  const shares = await rulesKept(sampler, role)
  return RULE_NAMES.reduce((sum, rule) => sum + shares[rule], 0) / RULE_NAMES.length
}

export type RubricSource = 'own' | 'oracle' | 'shuffled' | 'empty'

/** A judge's accuracy on pairs by rubrics of the generator, of an oracle, of other requests, or without any. */
export async function judgeAccuracy(
  sampler: Sampler,
  roles: { judge: string | null; generator: string | null },
  source: RubricSource,
  pairs = labelledPairs(HELD_OUT, 256, 99),
): Promise<number> {
  const rubrics = await rubricsOf(sampler, roles.generator, source)
  const asked = await Promise.all(
    pairs.map(async ({ prompt, responses }) => ({
      messages: await TINY_FORM.judgeMessages(
        {
          prompt: [{ role: 'user', content: prompt }],
          shown: responses,
          reference: null,
          criteria: TINY_FORM.readRubric(rubrics.get(prompt) ?? '').criteria ?? [],
        },
        '',
      ),
      role: roles.judge,
      ...greedy,
    })),
  )
  const judged = await sampler.sample(asked)
  const right = judged.filter(([one], index) => TINY_FORM.winner(one?.text ?? '') === pairs[index]?.winner)
  return right.length / pairs.length
}

/** The share of requests whose rubric names the right colour. */
export async function rubricsRight(sampler: Sampler, generator: string | null): Promise<number> {
  const rubrics = await rubricsOf(sampler, generator, 'own')
  const right = HELD_OUT.filter(({ prompt, wanted }) => rubrics.get(prompt) === rubricText(wanted.colour))
  return right.length / HELD_OUT.length
}

async function rubricsOf(
  sampler: Sampler,
  role: string | null,
  source: RubricSource,
): Promise<Map<string, string>> {
  if (source === 'empty') return new Map()
  if (source === 'oracle') {
    return new Map(HELD_OUT.map(({ prompt, wanted }) => [prompt, rubricText(wanted.colour)]))
  }
  const asked = await Promise.all(
    HELD_OUT.map(async ({ prompt }) => ({
      messages: await TINY_FORM.generatorMessages([{ role: 'user', content: prompt }], ''),
      role,
      ...greedy,
    })),
  )
  const texts = (await sampler.sample(asked)).map(([one]) => one?.text ?? '')
  const random = seededRandom(5)
  return new Map(
    HELD_OUT.map(({ prompt }, index) => {
      return [prompt, source === 'own' ? (texts[index] ?? '') : pick(texts, random)]
    }),
  )
}
