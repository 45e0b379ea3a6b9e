import * as z from 'zod'
import { text } from '../text.ts'

/** What methods are told that go over a file of examples again and again. */
export const epochFields = {
  epochs: z
    .int()
    .min(1, 'must be at least 1')
    .max(1000, 'must be at most 1000')
    .default(1)
    .describe('Times that each example is trained on, in another order each time.'),
  batch_size: z
    .int()
    .min(1, 'must be at least 1')
    .max(4096, 'must be at most 4096')
    .default(8)
    .describe('Examples of one update.'),
  adapter: text
    .nullable()
    .default(null)
    .describe('Folder of an adapter to begin with, as PEFT saves it; lora then has to agree with it.'),
}
