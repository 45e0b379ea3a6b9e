import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { configDefaults, defineConfig } from 'vitest/config'
import { COLLECTOR } from './api/testing/collector.ts'
import { TEST_VARIABLES } from './api/testing/variables.ts'

/** The portable tests and those of the Workers platform, inside workerd with the bindings of wrangler.toml. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      // its objects trace what they judge, whatever the app in front of them does
      miniflare: { bindings: { ...TEST_VARIABLES, OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR } },
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
