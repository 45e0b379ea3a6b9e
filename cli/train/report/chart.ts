import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import { colourOf } from './colours.ts'
import type { Point } from './curves.ts'
import type { Stretch } from './phases.ts'

/** What all charts of a run have in common. */
export type Frame = { phases: readonly string[]; stretches: readonly Stretch[]; steps: number }

/** Changes of the phase that are ruled into a chart; more would hide the curve. */
const MOST_RULES = 30
/** Points from which on a line of means over some steps before is drawn upon the noise. */
const SMOOTHED = 40
/** Points up to which each is marked: a stretch of a single step has no line. */
const MOST_MARKED = 80

/**
 * A figure over the steps, in the colour of its phase: the thinned steps' mean as a line, their range as a band; of many,
 * their running mean upon it.
 */
export function drawCurve(points: readonly Point[], frame: Frame): Promise<string> {
  const colour = {
    field: 'phase',
    type: 'nominal',
    legend: null,
    scale: { domain: frame.phases, range: frame.phases.map((_, place) => colourOf(place)) },
  }
  const range = {
    mark: { type: 'area', opacity: 0.2 },
    encoding: { y: { field: 'low' }, y2: { field: 'high' } },
  }
  const thread = {
    mark: { type: 'line', color: 'currentColor', strokeWidth: 1, opacity: 0.4 },
    encoding: { y: { field: 'value' }, color: null, detail: null },
  }
  const marked = points.length <= MOST_MARKED
  const smoothed = points.length >= SMOOTHED
  const smooth = {
    window: [{ op: 'mean', field: 'value', as: 'smooth' }],
    frame: [-Math.round(points.length / 20), 0],
    sort: [{ field: 'step' }],
    groupby: ['line'],
  }
  return draw(
    {
      data: { values: points },
      transform: [smooth],
      encoding: {
        x: steps(frame),
        y: {
          type: 'quantitative',
          title: null,
          scale: { zero: false, nice: true, ...domainOf(points) },
          axis: { tickCount: 4 },
        },
        color: colour,
        detail: { field: 'line' },
      },
      layer: [
        ...(isSparse(points) ? [thread] : []),
        ...(points.some(({ low, high }) => low < high) ? [range] : []),
        {
          mark: {
            type: 'line',
            strokeWidth: 1.2,
            opacity: smoothed ? 0.4 : 1,
            point: marked ? { size: 14 } : false,
          },
          encoding: { y: { field: 'value' } },
        },
        ...(smoothed
          ? [{ mark: { type: 'line', strokeWidth: 2 }, encoding: { y: { field: 'smooth' } } }]
          : []),
      ],
    },
    frame,
  )
}

/** Where a share of something goes: `part` by `part` of each step, put one upon another up to 1. */
export function drawShares(
  points: readonly { step: number; part: string; share: number }[],
  parts: readonly string[],
  frame: Frame,
): Promise<string> {
  return draw(
    {
      data: { values: points },
      layer: [
        {
          mark: { type: 'area', opacity: 0.8 },
          encoding: {
            x: steps(frame),
            y: {
              field: 'share',
              type: 'quantitative',
              stack: 'normalize',
              title: null,
              axis: { tickCount: 4, format: '%' },
            },
            color: {
              field: 'part',
              type: 'nominal',
              legend: null,
              sort: parts,
              scale: { domain: parts, range: parts.map((_, place) => colourOf(place)) },
            },
          },
        },
      ],
    },
    frame,
  )
}

const steps = (frame: Frame) => ({
  field: 'step',
  type: 'quantitative',
  title: null,
  scale: { domain: [1, Math.max(2, frame.steps)], nice: false },
  axis: { tickCount: 5, format: 'd', grid: false },
})

/** Vega writes the text colour of the page, so that one drawing serves light and dark. */
const CONFIG = {
  aria: false,
  background: null,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    labelFontSize: 10,
    domain: false,
    ticks: false,
    gridColor: 'currentColor',
    gridOpacity: 0.15,
  },
}

async function draw(spec: { layer: object[]; [part: string]: unknown }, frame: Frame): Promise<string> {
  const changes = frame.stretches.slice(1).map(({ from }) => ({ change: from - 0.5 }))
  const rules = {
    data: { values: changes },
    mark: { type: 'rule', color: 'currentColor', opacity: 0.35, strokeDash: [2, 2] },
    encoding: { x: { field: 'change', type: 'quantitative' }, y: null, color: null, detail: null },
  }
  const whole = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 320,
    height: 130,
    padding: 4,
    config: CONFIG,
    ...spec,
    layer: changes.length === 0 || changes.length > MOST_RULES ? spec.layer : [...spec.layer, rules],
  }
  const svg = await new View(parse(compile(whole).spec), { renderer: 'none' }).toSVG()
  return svg.replace(/ d="[^"]*"/g, roughen)
}

/** What is measured once a phase, say, has a point a line: a thread through all of them shows its course. */
const isSparse = (points: readonly Point[]) =>
  points.length > 1 && new Set(points.map(({ line }) => line)).size === points.length

/** Of a figure that is the same throughout, Vega would choose one with labels of many digits. */
function domainOf(points: readonly Point[]): { domain?: [number, number] } {
  const [first] = points
  if (!first || points.some(({ low, high }) => low !== first.value || high !== first.value)) return {}
  const { value } = first
  return { domain: value === 0 ? [-1, 1] : value > 0 ? [0, 2 * value] : [2 * value, 0] }
}

/** A tenth of a pixel will do, at a third of the size. */
const roughen = (path: string) => path.replace(/\d+\.\d{2,}/g, (number) => Number(number).toFixed(1))
