import { parseArgs } from 'node:util'
import { measureAdapters } from './adapters.ts'
import { measureConstrained } from './constrained.ts'
import { measureGrowth } from './growth.ts'
import { measureJudging } from './judging.ts'
import { measureLimits } from './limits.ts'
import { measurePrecision } from './precision.ts'
import { measureRealJudge } from './real-judge.ts'
import { prepare } from './setting.ts'
import { measureSpeed } from './speed.ts'

/**
 * `npm run bench:worker -- [part...] [--rounds N] [--threads N] [--pairs FILE [--count N]] [--points FILE]`: a JSON object a
 * line. Every ratio is of two things that ran in turns in this run, on the same threads and the same numbers.
 */
const PARTS = ['speed', 'adapters', 'constrained', 'judging', 'judge', 'growth', 'precision'] as const
type Part = (typeof PARTS)[number]

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    pairs: { type: 'string' },
    count: { type: 'string', default: '30' },
    points: { type: 'string' },
  },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !PARTS.some((part) => part === name))
if (unknown !== undefined) throw new Error(`There is no part ${unknown}; the parts are ${PARTS.join(', ')}.`)
const wanted = (part: Part) => positionals.length === 0 || positionals.includes(part)

const setting = await prepare(Number(values.threads), Number(values.rounds))
if (wanted('speed')) await measureLimits(setting, await measureSpeed(setting, 'Q4_0'), 'int4')
if (wanted('speed')) await measureLimits(setting, await measureSpeed(setting, 'F32'), 'float32')
if (wanted('adapters')) await measureAdapters(setting)
if (wanted('constrained')) await measureConstrained(setting)
if (wanted('judging')) await measureJudging(setting)
if (wanted('judge')) await measureRealJudge(setting)
if (wanted('growth')) await measureGrowth(setting, values.points)
if (wanted('precision')) {
  if (values.pairs === undefined)
    console.error('Precision was not measured: give --pairs FILE, as eval takes it.')
  else await measurePrecision(setting, values.pairs, Number(values.count))
}
