import { expect, test } from 'vitest'
import { formFor } from './provider-form.ts'

test('CUDA gets attention spelt out, and computes over blocks in float16', () => {
  for (const blocked of ['int4', 'int8'] as const) {
    expect(formFor('cuda', blocked)).toEqual({ attention: 'primitive', type: 'float16' })
  }
  expect(formFor('cuda', 'bfloat16')).toEqual({ attention: 'primitive' })
  expect(formFor('cpu', 'int4')).toEqual({ attention: 'fused' })
  expect(() => formFor('cpu', 'bfloat16')).toThrow(
    'The processor multiplies no bfloat16: set PLUMBLINE_PRECISION',
  )
})
