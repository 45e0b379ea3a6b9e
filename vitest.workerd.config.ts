import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { configDefaults, defineConfig } from 'vitest/config'
import { TEST_VARIABLES } from './api/testing/variables.ts'

/** The portable tests and those of the Workers platform, inside workerd with the bindings of wrangler.toml. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: { bindings: TEST_VARIABLES },
    }),
  ],
  test: {
    include: ['shared/**/*.test.ts', 'api/**/*.test.ts', 'test/portable/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.node.test.ts'],
    provide: { runtime: 'Cloudflare-Workers' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
