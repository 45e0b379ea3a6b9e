import { lockfileFaults } from './steps/lockfile.ts'
import { check, type Step, tool } from './steps/step.ts'
import { PORTABLE, suite, VITEST } from './steps/suites.ts'
import { configFaults, deployFaults } from './steps/wrangler-config.ts'

/**
 * `npm test`: the checks, then the tests on four runtimes. The last line is `N passed, N failed`. Steps follow each other but
 * for those of the last two lanes, which run side by side: a suite in workerd takes one core, and so do Bun's and Deno's.
 */
const first: Step[] = [
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
]
const lanes: Step[][] = [
  [
    suite('tests on Bun', 'Bun', [...VITEST.bun, ...PORTABLE]),
    suite('tests on Deno', 'Deno', [...VITEST.deno, ...PORTABLE]),
  ],
  [suite('tests in workerd', 'Cloudflare-Workers', [...VITEST.node, '--config=vitest.workerd.config.ts'])],
]

const total = { passed: 0, failed: 0 }
const summary: string[] = []
await inTurn(first)
await Promise.all(lanes.map(inTurn))

console.log(`\n${summary.join('\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function inTurn(steps: readonly Step[]): Promise<void> {
  for (const { name, run } of steps) {
    console.log(`[${name}]`)
    const started = performance.now()
    const { passed, failed, said } = await run()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (said !== undefined) console.log(said)
    const outcome = failed === 0 ? 'ok' : 'FAILED'
    console.log(`[${name}] ${outcome}, ${seconds} s`)
    summary.push(`${outcome.padEnd(6)} ${name}: ${passed} passed, ${failed} failed, ${seconds} s`)
    total.passed += passed
    total.failed += failed
  }
}
