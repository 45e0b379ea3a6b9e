import { createChat } from '../../gpu-worker/text/chat.ts'
import { createTokenizer } from '../../gpu-worker/text/tokenizer.ts'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import type { Speech } from './workload.ts'

/** The tokenizer and the chat template of a model file. */
export async function readSpeech(path: string): Promise<Speech> {
  const { tokenizer: files } = await readCheckpoint({ path })
  const tokenizer = createTokenizer(files)
  return { tokenizer, chat: createChat(files, tokenizer) }
}
