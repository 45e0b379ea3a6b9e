import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { RULES } from './rules.ts'
import { CASES } from './testing/cases.ts'
import { computedGradients, difference, narrowed, numericGradients, uses } from './testing/differences.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

test('every rule has a case, and no case is of an operator without a rule', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(RULES).sort())
})

test.each(Object.entries(CASES))('%s has the gradient that differences have', async (op, cases) => {
  for (const one of cases) {
    const numeric = await numericGradients(device, one)
    // Where the runtime has the operator for float32 alone, its float64 is made of others.
    const [form, tolerance] = uses(one, op) ? [one, 1e-8] : [narrowed(one), 1e-5]
    expect(uses(form, op)).toBe(true)
    expect(difference(await computedGradients(device, form), numeric)).toBeLessThan(tolerance)
  }
})
