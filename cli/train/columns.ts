import { clean } from '../judgment-lines.ts'
import { figureOf, type TrainingStep } from './record.ts'
import { showFigure } from './report/figures.ts'

type Column = { title: string; width: number; read: (step: TrainingStep) => string | null }

const figure = (title: string, name: string): Column => ({
  title,
  width: 9,
  read: (step) => {
    const value = figureOf(step, name)
    return value === null ? null : showFigure(value)
  },
})

const FIGURES = [
  figure('loss', 'loss'),
  figure('reward', 'reward'),
  figure('accuracy', 'accuracy'),
  figure('KL', 'kl'),
  figure('entropy', 'entropy'),
  figure('clip', 'clip_fraction'),
  figure('tokens/s', 'tokens_per_second'),
]

/** What the live table shows of each step. */
const COLUMNS: readonly Column[] = [
  { title: 'step', width: 6, read: ({ step }) => String(step) },
  { title: 'phase', width: 10, read: ({ phase }) => clean(phase) },
  ...FIGURES,
]

export const tableHead = (): string => COLUMNS.map(({ title, width }) => cell(title, width)).join('')

/** A step as a row of the table. */
export const tableRow = (step: TrainingStep): string =>
  COLUMNS.map(({ read, width }) => cell(read(step) ?? '-', width)).join('')

/** The figures that a step has, to be read without a table. */
export const plainFigures = (step: TrainingStep): string =>
  FIGURES.flatMap(({ title, read }) => {
    const value = read(step)
    return value === null ? [] : [`${title} ${value}`]
  }).join(', ')

/** To the right, with a space before it. */
const cell = (text: string, width: number) =>
  (text.length < width ? text : `${text.slice(0, width - 2)}…`).padStart(width)
