import { configDefaults, defineConfig } from 'vitest/config'

/** Every test that can run outside workerd. Bun and Deno take the portable part of it (test/steps/suites.ts). */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.workerd.test.ts'],
    provide: { runtime: process.env.PLUMBLINE_TEST_RUNTIME ?? 'Node.js' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
