import type { Progress } from './weights/progress.ts'

/** What a worker's process tells of itself on its standard output. */
export type WorkerNews =
  | { event: 'listening'; url: string }
  | ({ event: 'progress' } & Progress)
  | { event: 'ready'; url: string; model: string; digest: string }
  | { event: 'failed'; message: string }

/** A line for programs (one JSON object) or for people. */
export function newsLine(news: WorkerNews, form: 'json' | 'text'): string {
  if (form === 'json') return JSON.stringify(news)
  switch (news.event) {
    case 'listening':
      return `The worker listens on ${news.url} and loads its model.`
    case 'progress':
      return progressLine(news)
    case 'ready':
      return `The worker serves ${news.model} on ${news.url}.`
    case 'failed':
      return `The worker could not start: ${news.message}`
  }
}

function progressLine({ phase, done, total, detail }: Progress): string {
  const amount = total > 0 ? ` ${Math.floor((100 * done) / total)}% of ${(total / 1e6).toFixed(1)} MB` : ''
  return `${phase}${amount}${detail ? `: ${detail}` : ''}`
}

/** Lets a piece of progress through when its phase or detail is new, or its share has grown by a hundredth. */
export function steadily(tell: (progress: Progress) => void, least = 0.01): (progress: Progress) => void {
  let last: Progress | undefined
  return (progress) => {
    const { phase, done, total, detail } = progress
    const same = last !== undefined && last.phase === phase && last.total === total && last.detail === detail
    if (same && done !== total && done - (last?.done ?? 0) < total * least) return
    last = progress
    tell(progress)
  }
}
