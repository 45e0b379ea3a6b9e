import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cutIntoParts } from '../../shared/rubric-arm/parts.ts'
import { serviceFrom } from '../client.ts'
import { readPairs } from '../eval/layouts/layouts.ts'
import { Failure } from '../failure.ts'
import { goesOn, interruptible } from '../interruptible.ts'
import type { PhaseName } from './hyperparameters.ts'
import { generatorRow, judgeRow, type PhaseRow, type WonPair } from './phases.ts'
import { readme } from './readme.ts'
import { KEPT, rubricsOf } from './rubrics.ts'
import { TRAINERS } from './trainers/trainers.ts'
import { readWarmUp } from './warm-up.ts'
import { toLines, writeWhole } from './write-file.ts'

export type RubricArmOptions = {
  for: string
  output: string
  parts: number
  part: number
  model?: string
  rubrics?: string
  trajectories?: string
  base: string
  url?: string
  seed: number
  limit?: number
  concurrency: number
  retryNulls?: boolean
}

/**
 * `plumbline export rubric-arm`: both phases of every part as data and configuration. The judge phase is written for
 * one part at a time, since its rubrics are those of the generator as the part before has left it.
 */
export async function exportRubricArm(file: string, options: RubricArmOptions): Promise<void> {
  const trainer = TRAINERS[options.for]
  if (!trainer) throw new Failure(`There is no trainer '${options.for}'.`)
  const { output, parts: count, part: at, seed } = options
  if (at > count) throw new Failure(`--part is ${at}, but there are ${count} parts: give 1 to ${count}.`)
  const read = readPairs(file).slice(0, options.limit)
  const pairs = read.flatMap((pair): WonPair[] => (isWon(pair) ? [pair] : []))
  if (pairs.length < count)
    throw new Failure(`'${file}' has ${pairs.length} pairs with a winner, too few for ${count} parts.`)
  const salt = `export ${seed}`
  const service = serviceFrom(options.url ? { ...process.env, PLUMBLINE_URL: options.url } : process.env)
  const warmUp = options.trajectories ? await readWarmUp(options.trajectories, pairs, salt) : null
  const parts = await cutIntoParts(pairs, count, seed)

  await interruptible(goesOn(`what was asked for so far is in '${join(output, KEPT)}'`), async (signal) => {
    const rubrics = await rubricsOf(parts[at - 1] ?? [], options, signal)
    const write = (path: string, text: string) => writeWhole(join(output, path), text)
    for (const [index, part] of parts.entries()) {
      const number = index + 1
      const rows: Record<PhaseName, PhaseRow[]> = {
        judge: await Promise.all(
          part.flatMap((pair) => {
            const rubric = number === at ? rubrics.get(pair.id) : undefined
            return rubric ? [judgeRow(pair, rubric, seed, salt)] : []
          }),
        ),
        generator: await Promise.all(part.map((pair) => generatorRow(pair, salt))),
      }
      for (const name of PHASES) {
        const data = `part-${number}/${name}.jsonl`
        const before = number > 1 ? `part-${number - 1}` : warmUp ? 'sft' : null
        const model = before === null ? options.base : trainer.saved(`checkpoints/${before}-${name}`)
        const phase = { name, part: number, data, output: `checkpoints/part-${number}-${name}`, model }
        const { extension, text } = trainer.config(phase, service.url)
        write(`part-${number}/${name}.${extension}`, text)
        if (name === 'generator' || number === at)
          write(data, toLines(rows[name].map((row) => trainer.row(row, name))))
      }
      const left = number === at ? `, ${rows.judge.length} of them with a rubric for the judge` : ''
      console.log(`part ${number}: ${part.length} pairs${left}`)
    }
    if (warmUp) {
      for (const name of PHASES) {
        const data = `sft/${name}.jsonl`
        const phase = { name, data, output: `checkpoints/sft-${name}`, model: options.base }
        const { extension, text } = trainer.warmUpConfig(phase)
        write(`sft/${name}.${extension}`, text)
        write(data, toLines(warmUp[name].map((messages) => trainer.warmUpRow(messages))))
      }
      console.log(
        `warm-up: ${warmUp.judge.length} trajectories and ${warmUp.generator.length} rubrics, ${warmUp.dropped.judge} trajectories left out as wrong or malformed`,
      )
    }
    if (trainer.python) write('plumbline_reward.py', readFileSync(REWARD_CLIENT, 'utf8'))
    write('README.md', readme({ file: basename(file), options, trainer, url: service.url }))
    if (read.length > pairs.length) console.log(`${read.length - pairs.length} ties left out`)
    console.log(`the steps are in ${join(output, 'README.md')}`)
  })
}

const REWARD_CLIENT = new URL('./plumbline_reward.py', import.meta.url)
const PHASES = ['judge', 'generator'] as const

const isWon = (pair: { label: string }): pair is WonPair => pair.label !== 'tie'
