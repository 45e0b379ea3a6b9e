import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { CASES } from './testing/cases.ts'
import { computedGradients, difference, numericGradients } from './testing/differences.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

test.each(Object.entries(CASES))('%s has the gradient that differences have', async (_, cases) => {
  for (const one of cases) {
    const numeric = await numericGradients(device, one)
    expect(difference(await computedGradients(device, one), numeric)).toBeLessThan(1e-8)
  }
})
