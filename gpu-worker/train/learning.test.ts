import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../weights/testing/scratch-folder.ts'
import type { Ground } from './ground.ts'
import { frozen } from './testing/frozen.ts'
import { openTinyGround, tinyBase } from './testing/tiny-base.ts'
import { LESSONS } from './testing/tiny-lessons.ts'

/**
 * Each way of training teaches a tiny model, made from nothing and then misled, what is right: to a stated level on
 * requests that were held out, from a fixed seed. What must keep it from learning does; a broken gradient has a file
 * of its own (learning-broken.test.ts).
 */

let folder: string
let ground: Ground
beforeAll(async () => {
  folder = await scratchFolder()
  ground = await openTinyGround(await tinyBase(folder))
})
afterAll(() => ground.dispose())

describe.each(Object.entries(LESSONS))('%s', (name, { level, train, standing }) => {
  const place = (of: string) => join(folder, name, of)

  test(`reaches ${level}, where the base does not`, async () => {
    expect(await standing(ground.sampler, false)).toBeLessThan(level - 0.1)
    await train({ ground, folder: place('learnt') }, 'right')
    expect(await standing(ground.sampler, true)).toBeGreaterThanOrEqual(level)
  })

  test('does not reach it from swapped labels', async () => {
    await train({ ground, folder: place('swapped') }, 'swapped')
    expect(await standing(ground.sampler, true)).toBeLessThan(level - 0.1)
  })

  test('does not reach it with frozen parameters', async () => {
    await train({ ground: frozen(ground), folder: place('frozen') }, 'right')
    expect(await standing(ground.sampler, true)).toBe(await standing(ground.sampler, false))
  })
})
