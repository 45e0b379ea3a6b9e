/** What the service is configured with in tests, on every runtime. */
export const TEST_VARIABLES = {
  PLUMBLINE_SECRET: 'a secret for tests alone',
  PLUMBLINE_MODELS: JSON.stringify([
    {
      id: 'opinionated',
      base_url: 'http://models.test/v1',
      model: 'opinionated',
      timeout_ms: 500,
      price: { prompt: 1, completion: 2 },
    },
    { id: 'second', base_url: 'http://models.test/v1', model: 'second', timeout_ms: 500, key: 'SECOND_KEY' },
  ]),
  // in workerd, where programs otherwise are for workers
  PLUMBLINE_ISOLATE_PROGRAMS: '1',
  SECOND_KEY: 'sk-test-of-the-second',
  PLUMBLINE_DEFAULT_MODEL: 'opinionated',
}
