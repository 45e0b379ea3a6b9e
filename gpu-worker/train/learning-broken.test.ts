import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Rule } from '../onnx/gradients/rule.ts'
import { neg } from '../onnx/ops.ts'
import { scratchFolder } from '../weights/testing/scratch-folder.ts'
import type { Ground } from './ground.ts'
import { openTinyGround, tinyBase } from './testing/tiny-base.ts'
import { LESSONS } from './testing/tiny-lessons.ts'

/** With the sign of one backward rule turned nothing is learnt: what learning.test.ts shows rests on the gradients. */

const turned = vi.hoisted(() => ({ op: 'SkipSimplifiedLayerNormalization', now: false }))
vi.mock('../onnx/gradients/rules.ts', async (original) => {
  const { RULES } = await original<typeof import('../onnx/gradients/rules.ts')>()
  const rule = RULES[turned.op]
  if (!rule) throw new Error(`there is no rule of ${turned.op}`)
  const other: Rule = (use) => {
    const parts = rule(use)
    return turned.now ? parts.map((part) => part && (() => neg(use.g, part()))) : parts
  }
  return { RULES: { ...RULES, [turned.op]: other } }
})

let folder: string
let ground: Ground
beforeAll(async () => {
  folder = await scratchFolder()
  const base = await tinyBase(folder)
  turned.now = true
  ground = await openTinyGround(base)
})
afterAll(() => ground.dispose())

test.each(Object.entries(LESSONS))(
  '%s does not reach its level by a broken gradient',
  async (name, lesson) => {
    await lesson.train({ ground, folder: join(folder, name) }, 'right')
    expect(await lesson.standing(ground.sampler, true)).toBeLessThan(lesson.level - 0.1)
  },
)
