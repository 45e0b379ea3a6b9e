import { html, raw } from 'hono/html'
import type { openapiDocument } from './openapi.ts'

type Document = ReturnType<typeof openapiDocument>

const METHODS = ['get', 'post', 'delete'] as const

/** openapi.json as a page that needs nothing but itself: no script, no font, no other host. */
export function docsPage(document: Document) {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, operation }] : []
    }),
  )
  const schemas = Object.entries(document.components?.schemas ?? {})
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title}</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem }
  code, pre { font: 13px/1.5 ui-monospace, monospace }
  pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: 6px }
  summary { cursor: pointer; padding: .25rem 0 }
  .method { display: inline-block; min-width: 3.2rem; font-weight: 600 }
</style>
</head>
<body>
<h1>${document.info.title}</h1>
<p>${document.info.description} The same as data: <a href="/openapi.json">openapi.json</a>.</p>
<h2>Calls</h2>
${operations.map(
  ({ path, method, operation }) => html`<details id="${method}-${path}">
<summary><code><span class="method">${method.toUpperCase()}</span> ${path}</code> ${operation.summary}</summary>
${[...sectionsOf(operation)].map(([title, value]) => html`<h4>${title}</h4>${pretty(value)}`)}
</details>`,
)}
<h2>Schemas</h2>
${schemas.map(
  ([name, schema]) =>
    html`<details id="${name}"><summary><code>${name}</code></summary>${pretty(schema)}</details>`,
)}
</body>
</html>`
}

type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>

function sectionsOf({ parameters, requestBody, responses }: Operation): Map<string, unknown> {
  const sections = new Map<string, unknown>()
  if (parameters && parameters.length > 0) sections.set('Parameters', parameters)
  if (requestBody) sections.set('Body', requestBody)
  sections.set('Answers', responses)
  return sections
}

/** JSON with its references made into links to the schemas below. */
function pretty(value: unknown) {
  const text = escaped(JSON.stringify(value, null, 2))
  return html`<pre>${raw(text.replaceAll(/#\/components\/schemas\/(\w+)/g, '<a href="#$1">$1</a>'))}</pre>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
