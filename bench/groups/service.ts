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
  const measureAll = async (way: Way) => {
    const made: Measured[] = []
    for (const group of groups) made.push(await measure(group, way))
    return made
  }
  const unready = await measureAll(ALL_PAIRS)
  const full = await measureAll(ALL_PAIRS)
  tell(size, 'all pairs, with rubrics to make', unready, full)
  tell(size, ALL_PAIRS.name, full, full)
  for (const way of waysOf(size)) tell(size, way.name, await measureAll(way), full)
}

function tell(size: number, name: string, made: Measured[], full: Measured[]) {
  const figure = (what: string, unit: string, of: (one: Measured) => number) => {
    const [value, beside] = [mean(made.map(of)), mean(full.map(of))]
    report({
      name: `${size} responses, ${name}: ${what}`,
      value,
      unit,
      against: 'all pairs',
      ratio: value / beside,
    })
  }
  const agreement = (what: string, unit: string, of: typeof kendallTau) => {
    const value = mean(made.map(({ rewards }, at) => of(rewards, full[at]?.rewards ?? [])))
    report({ name: `${size} responses, ${name}: ${what}`, value, unit })
  }
  figure('comparisons', 'comparisons', ({ comparisons }) => comparisons)
  figure('judge calls', 'calls', ({ calls }) => calls)
  figure('wall time', 's', ({ seconds }) => seconds)
  agreement('tau with all pairs', 'tau', kendallTau)
  agreement('same best as all pairs', 'share', sameBest)
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
