import { parseArgs } from 'node:util'
import { post, serviceFrom } from '../../cli/client.ts'
import { rewardList } from '../../shared/protocol/reward.ts'
import { report } from '../statistics.ts'
import { kendallTau, mean, sameBest } from './agreement.ts'
import { readGroups } from './groups-file.ts'
import { ALL_PAIRS, type Way, waysOf } from './ways.ts'

/**
 * `npm run bench:groups-service -- FILE [--sizes 4,6] [--limit 2] [--model ID]`, against the service of PLUMBLINE_URL:
 * the same on real responses. All pairs are judged once beforehand, so that every rubric is known and what is measured is
 * comparisons alone, each made anew. A JSON object a line.
 */
const { values, positionals } = parseArgs({
  options: {
    sizes: { type: 'string', default: '4,6' },
    limit: { type: 'string', default: '2' },
    model: { type: 'string' },
  },
  allowPositionals: true,
})
const [file] = positionals
if (file === undefined) throw new Error('Name a file of groups: npm run bench:groups-service -- groups.json')

const service = serviceFrom(process.env)
const model = values.model === undefined ? {} : { model: values.model }
type Measured = { rewards: number[]; comparisons: number; calls: number; seconds: number }

for (const size of values.sizes.split(',').map(Number)) {
  const groups = readGroups(file)
    .map(({ prompt, responses }) => ({ prompt, responses: responses.slice(0, size) }))
    .filter(({ responses }) => new Set(responses).size === size)
    .slice(0, Number(values.limit))
  const unready: Measured[] = []
  for (const group of groups) unready.push(await measure(group, ALL_PAIRS))
  const measured = new Map([['all pairs, with rubrics to make', unready]])
  for (const way of [ALL_PAIRS, ...waysOf(size)]) {
    const made: Measured[] = []
    for (const group of groups) made.push(await measure(group, way))
    measured.set(way.name, made)
  }
  const full = measured.get(ALL_PAIRS.name) ?? []
  for (const [name, made] of measured) {
    const tell = (what: string, of: (one: Measured, at: number) => number, unit: string, compared = true) => {
      const [value, beside] = [made, full].map((list) => mean(list.map(of)))
      const against = compared && beside ? { against: 'all pairs', ratio: (value ?? 0) / beside } : {}
      report({ name: `${size} responses, ${name}: ${what}`, value: value ?? Number.NaN, unit, ...against })
    }
    tell('comparisons', ({ comparisons }) => comparisons, 'comparisons')
    tell('judge calls', ({ calls }) => calls, 'calls')
    tell('wall time', ({ seconds }) => seconds, 's')
    tell(
      'tau with all pairs',
      ({ rewards }, at) => kendallTau(rewards, full[at]?.rewards ?? []),
      'tau',
      false,
    )
    tell(
      'same best as all pairs',
      ({ rewards }, at) => sameBest(rewards, full[at]?.rewards ?? []),
      'share',
      false,
    )
  }
}

async function measure(group: { prompt: string; responses: string[] }, { ask }: Way): Promise<Measured> {
  const started = performance.now()
  const body = { ...group, ...ask, ...model, orders: 'mean', cache: 'refresh' }
  const { data, usage } = await post(service, '/v1/rewards', body, rewardList)
  return {
    rewards: data.map(({ reward }) => reward ?? Number.NaN),
    comparisons: new Set(data.flatMap(({ judgments }) => judgments ?? [])).size,
    calls: usage.judge_calls,
    seconds: (performance.now() - started) / 1000,
  }
}
