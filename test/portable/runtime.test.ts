import { expect, inject, test } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    runtime: string
  }
}

test('the suite runs on the runtime that it is named after', () => {
  expect(navigator.userAgent).toContain(inject('runtime'))
})
