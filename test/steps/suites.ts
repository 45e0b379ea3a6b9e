import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { run } from './command.ts'
import type { Step } from './step.ts'

const vitestReport = z.object({ numPassedTests: z.int(), numFailedTests: z.int() })

/** What starts vitest on a runtime. The npm package `bun` wants its postinstall; the binary beside it does not. */
export const VITEST = {
  node: ['vitest', 'run'],
  bun: [
    'node_modules/@oven/bun-linux-x64/bin/bun',
    '--bun',
    'node_modules/vitest/vitest.mjs',
    'run',
    '--pool=threads',
  ],
  deno: ['deno', 'run', '--no-lock', '--node-modules-dir=manual', '-A', 'npm:vitest', 'run'],
}

/** The tests that run anywhere: those of shared/ and api/ that name no runtime. */
export const PORTABLE = ['shared/', 'api/', 'test/portable/', '--exclude=**/*.node.test.ts']

/**
 * One run of vitest. A run in which nothing passed, that left no report or that ended badly has failed,
 * whatever it counted.
 */
export function suite(name: string, runtime: string, command: string[]): Step {
  return {
    name,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'plumbline-suite-'))
      const report = join(folder, 'report.json')
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      try {
        const { code } = await run([...command, ...reporters], {
          show: true,
          env: { PLUMBLINE_TEST_RUNTIME: runtime },
        })
        const counts = vitestReport.parse(JSON.parse(await readFile(report, 'utf8')))
        const passed = counts.numPassedTests
        const failed = counts.numFailedTests
        if (passed === 0) return { passed, failed: Math.max(1, failed), said: 'No test passed.' }
        if (code !== 0 && failed === 0) return { passed, failed: 1, said: `It ended with status ${code}.` }
        return { passed, failed }
      } catch (error) {
        return { passed: 0, failed: 1, said: `It left no report: ${error}` }
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  }
}
