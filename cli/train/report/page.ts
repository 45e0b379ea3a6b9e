import type { RunRecord } from '../record.ts'
import { curvesSection } from './curves-section.ts'
import { checkpointsSection, leftOutSection, messagesSection } from './happenings.ts'
import { html, trusted } from './html.ts'
import { samplesSection } from './samples.ts'
import { STYLE } from './style.ts'
import { summarySection } from './summary.ts'

/** No script, and nothing is fetched, whatever the texts in it try. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** A run as one HTML page that needs nothing else. Its size is bounded, whatever the number of steps. */
export async function renderPage(record: RunRecord): Promise<string> {
  const { job, steps } = record
  const title = job === null ? 'A training run' : `${job.method.type} on ${job.model}`
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${trusted(STYLE)}</style></head><body>
<h1>${title}${job?.suffix ? `, ${job.suffix}` : null} ${job ? html`<span class="state">${job.status}</span>` : null}</h1>
${summarySection(record)}
${await curvesSection(steps)}
${samplesSection(steps)}
${checkpointsSection(record)}
${leftOutSection(steps)}
${messagesSection(record)}
</body></html>
`
  return page.html
}
