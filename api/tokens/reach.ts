/** What a call with a URL token may ask for besides the dialects: rewards and judgments, and nothing that is kept. */
const REACH: readonly [method: 'GET' | 'POST', path: RegExp][] = [
  ['GET', /^\/(healthz)?$/],
  ['POST', /^\/v1\/(judgments|rewards|verify)$/],
  ['POST', /^\/v1\/(chat\/completions|responses|messages)$/],
  ['GET', /^\/v1\/models(\/[^/]+)?$/],
  ['POST', /^\/v1\/fine_tuning\/alpha\/graders\/(run|validate)$/],
]

/** Those of them that ask a model without a judgment of their own in the record. */
export const CHAT_PATHS = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/fine_tuning/alpha/graders/run',
] as const

/** Dialects of a family, and those of a run: whatever method their clients call them by. */
const FAMILIES = /^\/(rlhf|inference|runs\/[^/]+)\/./

/** Whether a URL token may be used for a call; `guessed` are the paths at which dialects are besides their own. */
export function reaches(method: string, path: string, guessed: ReadonlySet<string>): boolean {
  if (FAMILIES.test(path) || guessed.has(path)) return true
  const asked = method === 'HEAD' ? 'GET' : method
  return REACH.some(([taken, pattern]) => taken === asked && pattern.test(path))
}

/** Whether a path is one of a run's own URLs. */
export function isOfRun(path: string, run: string): boolean {
  return path.startsWith(`/runs/${run}/`)
}
