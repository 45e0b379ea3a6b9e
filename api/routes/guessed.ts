import type { Dialect } from '../dialects/dialect.ts'
import { DIALECTS } from './dialects.ts'
import { vllmRerank } from './inference/dialects.ts'
import { sglangClassify } from './inference/sglang/classify.ts'
import { sglangScore } from './inference/sglang/score.ts'
import { sglangV1Classify } from './inference/sglang/v1-classify.ts'
import { teiPredict } from './inference/tei/predict.ts'
import { teiRerank } from './inference/tei/rerank.ts'
import { vllmClassify } from './inference/vllm/classify.ts'
import { vllmPooling } from './inference/vllm/pooling.ts'
import { vllmScore } from './inference/vllm/score.ts'
import { akka } from './rlhf/akka.ts'
import { alignAnything } from './rlhf/align-anything.ts'
import { evalProtocol } from './rlhf/eval-protocol.ts'
import { foundry } from './rlhf/foundry.ts'
import { llamaFactory } from './rlhf/llama-factory.ts'
import { nemoGymCompare } from './rlhf/nemo-gym-compare.ts'
import { nemoGymVerify } from './rlhf/nemo-gym-verify.ts'
import { openrlhf } from './rlhf/openrlhf.ts'
import { promptfoo } from './rlhf/promptfoo.ts'
import { slime } from './rlhf/slime.ts'

/**
 * Paths that the documentation of clients uses for reward servers of their own, so that users try them here. Where several
 * clients use one, the fields of the body say whose it is: the marks of each dialect.
 */
export const GUESSED: Readonly<Record<string, readonly Dialect[]>> = {
  '/': [slime, openrlhf, alignAnything, promptfoo, teiPredict, teiRerank],
  '/get_reward': [openrlhf, alignAnything],
  '/v1/score/evaluation': [llamaFactory],
  '/grade': [foundry, akka],
  '/reward': [evalProtocol],
  '/evaluate': [evalProtocol],
  '/compare': [nemoGymCompare],
  '/verify': [nemoGymVerify],
  '/classify': [vllmClassify, sglangClassify],
  '/v1/classify': [sglangV1Classify],
  '/pooling': [vllmPooling],
  '/score': [vllmScore],
  '/v1/score': [vllmScore, sglangScore],
  '/rerank': [vllmRerank, teiRerank],
  // SGLang's body is the same; its reply, a bare list, is at /inference/sglang/v1/rerank.
  '/v1/rerank': [vllmRerank],
  '/v2/rerank': [vllmRerank],
  '/predict': [teiPredict],
}

/** The dialects that a path answers in: at a path of its own, of a run, or one that was guessed. */
export function dialectsAt(path: string): readonly Dialect[] {
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const name = plain.slice(plain.lastIndexOf('/') + 1)
  return GUESSED[plain] ?? Object.values(DIALECTS).filter((dialect) => dialect.name === name)
}

/** What to do about a body at this path that has so many times the bytes that it may have. */
export function smallerBatch(times: number, path: string): string {
  const flags = new Set(dialectsAt(path).flatMap(({ batchFlag }) => batchFlag ?? []))
  return flags.size === 0
    ? 'send shorter texts or fewer of them'
    : `divide ${[...flags].join(' or ')} by ${times}, or send shorter texts`
}
