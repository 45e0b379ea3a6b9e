// promptfoo's own command: a webhook assertion, llm-rubric and select-best by the service.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { CLIENT_FOLDER: folder, PLUMBLINE_ORIGIN: origin, PLUMBLINE_API_KEY: apiKey } = process.env
const config = {
  prompts: ['What is the capital of {{country}}?'],
  providers: [{ id: 'echo' }],
  defaultTest: {
    options: {
      provider: { id: 'openai:chat:plumbline/pointwise', config: { apiBaseUrl: `${origin}/v1`, apiKey } },
    },
  },
  tests: [
    {
      vars: { country: 'France' },
      assert: [
        { type: 'webhook', value: `${origin.replace('://', `://${apiKey}@`)}/rlhf/promptfoo?threshold=0` },
        { type: 'llm-rubric', value: 'The response names a country.' },
      ],
    },
  ],
}
writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
const command = join(folder, 'node_modules', '.bin', 'promptfoo')
const environment = {
  ...process.env,
  PROMPTFOO_CONFIG_DIR: join(folder, 'state'),
  PROMPTFOO_DISABLE_TELEMETRY: '1',
  PROMPTFOO_DISABLE_UPDATE: '1',
}
try {
  execFileSync(
    command,
    ['eval', '-c', 'config.json', '-o', 'result.json', '--no-cache', '--no-progress-bar'],
    { cwd: folder, env: environment, stdio: 'pipe' },
  )
} catch (error) {
  // It ends with 100 where an assertion failed, which so small a judge may well say.
  if (error.status !== 100) throw new Error(`${error.stdout}${error.stderr}`)
}
const { results } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
const [{ gradingResult }] = results.results
const [webhook, rubric] = gradingResult.componentResults
for (const one of [webhook, rubric]) {
  assert.equal(typeof one.pass, 'boolean')
  assert.ok(one.score >= 0 && one.score <= 1, JSON.stringify(one))
  assert.ok(!/error|failed to|could not/i.test(one.reason), one.reason)
}
console.log(`- webhook: ${webhook.pass}, ${webhook.score}, "${webhook.reason.slice(0, 60)}"`)
console.log(`- llm-rubric by plumbline/pointwise: ${rubric.pass}, ${rubric.score}`)
