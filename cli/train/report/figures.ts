import type { TrainingStep } from '../record.ts'

/** What people look for first, in this order, with what a report says of it; other metrics follow under their own names. */
const KNOWN: Record<string, { title: string; about: string }> = {
  reward: { title: 'Reward', about: 'mean over the rollouts of a step' },
  accuracy: { title: 'Accuracy', about: 'share of labels that were met' },
  loss: { title: 'Loss', about: 'of the update' },
  kl: { title: 'KL', about: 'to the reference, nats a token' },
  entropy: { title: 'Entropy', about: 'of the next token, nats' },
  clip_fraction: { title: 'Clip fraction', about: 'tokens whose ratio left the trusted range' },
  mismatch: { title: 'Mismatch', about: 'of rollout and trainer log-probabilities, nats a token' },
  gradient_norm: { title: 'Gradient norm', about: 'before clipping' },
  learning_rate: { title: 'Learning rate', about: 'of the update' },
  tokens_per_second: { title: 'Tokens per second', about: 'through the decoder in updates' },
}

/** Those of single meta-classes, and what was measured on held-out examples, are looked for as well. */
const OF_CLASSES = /^(?:reward\/|held_out(?:\/|$))/

/** Figures that a report draws at most. */
const MOST = 60

export type Figure = { name: string; title: string; about: string }

/** The metrics that any step has a number of, those known first. */
export function figuresOf(steps: readonly TrainingStep[]): { known: Figure[]; others: Figure[] } {
  const found = new Set<string>()
  for (const { metrics } of steps) {
    for (const name in metrics) if (metrics[name] !== null) found.add(name)
    if (found.has('tokens')) found.add('tokens_per_second')
  }
  const known = Object.entries(KNOWN).flatMap(([name, said]) =>
    found.delete(name) ? [{ name, ...said }] : [],
  )
  const rest = [...found].toSorted().map((name) => ({ name, title: name.replaceAll('_', ' '), about: '' }))
  const first = [...known, ...rest.filter(({ name }) => OF_CLASSES.test(name))].slice(0, MOST)
  const others = rest.filter(({ name }) => !OF_CLASSES.test(name))
  return { known: first, others: others.slice(0, MOST - first.length) }
}

/** A number as a person reads it: four digits that count. */
export function showFigure(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2)
  return String(Number(value.toPrecision(4)))
}

/** Seconds as a person reads them. */
export function showSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
