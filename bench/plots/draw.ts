import { readFile, writeFile } from 'node:fs/promises'
import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import { CONFIG, groups, growth, soak } from './plots.ts'

/** `npm run plot:worker`: draws docs/plots/*.svg from the points of docs/plots/*.jsonl. */
const folder = new URL('../../docs/plots/', import.meta.url)
for (const [name, plot] of Object.entries({ groups, growth, soak })) {
  const lines = await readFile(new URL(`${name}.jsonl`, folder), 'utf8').catch(() => '')
  if (lines === '') {
    console.error(
      `There is no docs/plots/${name}.jsonl: run the command that writes it (docs/measurements.md).`,
    )
    continue
  }
  const points = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { spec } = compile({ ...plot, data: { values: points }, config: CONFIG, background: null })
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG()
  await writeFile(new URL(`${name}.svg`, folder), `${svg}\n`)
}
