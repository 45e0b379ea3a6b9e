/** The plots as Vega-Lite specifications. */

/** Reads on white and on black. */
const INK = '#808890'
const LINE = '#2f81f7'

export const CONFIG = {
  font: 'sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    gridColor: INK,
    gridOpacity: 0.25,
  },
  header: { labelColor: INK, titleColor: INK },
  title: { color: INK },
  line: { color: LINE },
  point: { color: LINE, filled: true },
}

const ROWS = ['time, s', 'memory of the process, MiB', 'keys and values, MiB']

/** Small multiples: along each axis (columns), each thing that was measured (rows). */
export const growth = {
  title: { text: 'A judgment of 10 criteria in both orders, SmolLM2-135M int4, 2 threads', anchor: 'start' },
  facet: {
    column: { field: 'by', type: 'nominal', title: null, sort: null },
    row: { field: 'name', type: 'nominal', title: null, sort: ROWS },
  },
  spec: {
    width: 190,
    height: 120,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'at', type: 'quantitative', title: null, axis: { tickCount: 5 } },
      y: { field: 'value', type: 'quantitative', title: null, scale: { zero: true }, axis: { tickCount: 4 } },
    },
  },
  resolve: { scale: { x: 'independent', y: 'independent' } },
}

/** Resident memory of the worker over what it has answered, for each model. */
export const soak = {
  title: { text: 'Memory of a worker over its soak, MiB', anchor: 'start' },
  facet: { column: { field: 'model', type: 'nominal', title: null, sort: null } },
  spec: {
    width: 290,
    height: 160,
    mark: { type: 'line' },
    encoding: {
      x: { field: 'done', type: 'quantitative', title: 'judgments', axis: { tickCount: 5 } },
      y: { field: 'resident', type: 'quantitative', title: null, scale: { zero: true } },
    },
  },
  resolve: { scale: { x: 'independent', y: 'independent' } },
}

const SIZES = ['4 responses', '8 responses', '16 responses', '32 responses']

/** What a comparison buys: how well each way to reward a group ranks, against how many it asks for. */
export const groups = {
  title: { text: 'Rank agreement with the truth against comparisons, synthetic judge', anchor: 'start' },
  transform: [
    { calculate: "split(datum.name, ': ')[0]", as: 'of' },
    { calculate: "split(datum.name, ': ')[1]", as: 'what' },
    { pivot: 'what', value: 'value', groupby: ['of'] },
    { calculate: "split(datum.of, ', ')[0]", as: 'size' },
    { calculate: "slice(datum.of, indexof(datum.of, ', ') + 2)", as: 'way' },
  ],
  facet: { column: { field: 'size', type: 'nominal', title: null, sort: SIZES } },
  spec: {
    width: 190,
    height: 200,
    mark: { type: 'point', filled: true, size: 60 },
    encoding: {
      x: { field: 'comparisons', type: 'quantitative', scale: { type: 'log' }, title: 'comparisons' },
      y: { field: 'tau with the truth', type: 'quantitative', scale: { domain: [0.4, 1] }, title: null },
      color: { field: 'way', type: 'nominal', title: null, sort: null, legend: { labelColor: INK } },
      shape: { field: 'way', type: 'nominal', title: null, sort: null },
    },
  },
  resolve: { scale: { x: 'independent' } },
}
