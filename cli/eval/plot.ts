import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import type { VariantReport } from './run.ts'

/** One mark: what a variant costs and how often it is right. */
type Point = { name: string; tokens: number; accuracy: number }

/**
 * Accuracy (ties half) against the tokens that a task takes, a point a variant, as an SVG: OpenRS's Figure 2, which
 * chooses a judge, as a tool. Tokens are those spent when a judgment was made, saved by the record this time or not.
 */
export async function drawReports(reports: VariantReport[]): Promise<string> {
  const values = reports.flatMap(({ name, report: { pairs, per_task } }): Point[] => {
    const accuracy = pairs?.accuracy.ties_half.value ?? null
    const tokens = per_task.prompt_tokens + per_task.completion_tokens
    return accuracy === null ? [] : [{ name, tokens, accuracy }]
  })
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 480,
    height: 320,
    data: { values },
    encoding: {
      x: { field: 'tokens', type: 'quantitative', title: 'tokens a task', scale: { zero: true } },
      y: {
        field: 'accuracy',
        type: 'quantitative',
        title: 'accuracy, ties half',
        scale: { zero: false, padding: 24 },
      },
    },
    layer: [
      { mark: { type: 'point', filled: true, size: 80 } },
      { mark: { type: 'text', dx: 8, align: 'left' }, encoding: { text: { field: 'name' } } },
    ],
  }
  return new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
}
