import { lockfileFaults } from './steps/lockfile.ts'
import { check, type Step, tool } from './steps/step.ts'
import { PORTABLE, suite, VITEST } from './steps/suites.ts'
import { configFaults, deployFaults } from './steps/wrangler-config.ts'

/** `npm test`: the checks, then the tests on four runtimes. The last line is `N passed, N failed`. */
const steps: Step[] = [
  tool('format, lint and arrows', ['biome', 'check', '--error-on-warnings', '.']),
  tool('types of the edge', ['tsc', '-p', 'tsconfig.edge.json']),
  tool('types of the rest', ['tsc', '-p', 'tsconfig.json']),
  check(
    'wrangler.toml has no unknown key',
    async () => (await configFaults('wrangler.toml')).join('\n') || null,
  ),
  tool('bindings are those of wrangler.toml', ['npm', 'run', '--silent', 'types', '--', '--check']),
  check('the edge can be deployed (dry run)', () => deployFaults('wrangler.toml')),
  check('the lockfile is complete', lockfileFaults),
  suite('tests on Node', 'Node.js', VITEST.node),
  suite('tests on Bun', 'Bun', [...VITEST.bun, ...PORTABLE]),
  suite('tests on Deno', 'Deno', [...VITEST.deno, ...PORTABLE]),
  suite('tests in workerd', 'Cloudflare-Workers', [...VITEST.node, '--config=vitest.workerd.config.ts']),
]

const total = { passed: 0, failed: 0 }
const summary: string[] = []
for (const [index, step] of steps.entries()) {
  console.log(`[${index + 1}/${steps.length}] ${step.name}`)
  const started = performance.now()
  const { passed, failed, said } = await step.run()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (said !== undefined) console.log(said)
  console.log(`[${index + 1}/${steps.length}] ${failed === 0 ? 'ok' : 'FAILED'}, ${seconds} s`)
  summary.push(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${step.name}: ${passed} passed, ${failed} failed, ${seconds} s`,
  )
  total.passed += passed
  total.failed += failed
}

console.log(`\n${summary.join('\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
