import type { Dialect } from '../../dialects/dialect.ts'
import { nvidiaChatCompletions } from './nvidia/chat-completions.ts'
import { rerank } from './rerank.ts'
import { sglangClassify } from './sglang/classify.ts'
import { sglangEmbeddings } from './sglang/embeddings.ts'
import { sglangRerank } from './sglang/rerank.ts'
import { sglangScore } from './sglang/score.ts'
import { sglangV1Classify } from './sglang/v1-classify.ts'
import { teiEither } from './tei/either.ts'
import { teiPredict } from './tei/predict.ts'
import { teiRerank } from './tei/rerank.ts'
import { vllmClassify } from './vllm/classify.ts'
import { vllmPooling } from './vllm/pooling.ts'
import { vllmScore } from './vllm/score.ts'

/** What Cohere's clients read of an error: its message, at the top. */
const asCohere: Dialect['refuse'] = ({ message, status, data }) => ({
  body: { message, error: { ...data, param: data.param ?? null } },
  status,
})

export const vllmRerank = rerank('vllm/rerank', 'vLLM POST /rerank, /v1/rerank and /v2/rerank', true)
export const jinaRerank = rerank('jina/v1/rerank', 'Jina POST /v1/rerank', true)
export const cohereRerank = rerank(
  'cohere/v2/rerank',
  'Cohere SDK, CO_API_URL: POST v1/rerank and v2/rerank',
  false,
  asCohere,
)

/** What asks as it would an inference server, at the paths that its client adds to the base that its user sets. */
export const INFERENCE: Readonly<Record<string, Dialect>> = {
  '/inference/vllm/classify': vllmClassify,
  '/inference/vllm/pooling': vllmPooling,
  '/inference/vllm/score': vllmScore,
  '/inference/vllm/v1/score': vllmScore,
  '/inference/vllm/rerank': vllmRerank,
  '/inference/vllm/v1/rerank': vllmRerank,
  '/inference/vllm/v2/rerank': vllmRerank,
  '/inference/sglang/classify': sglangClassify,
  '/inference/sglang/v1/classify': sglangV1Classify,
  '/inference/sglang/v1/embeddings': sglangEmbeddings,
  '/inference/sglang/v1/score': sglangScore,
  '/inference/sglang/v1/rerank': sglangRerank,
  '/inference/tei': teiEither,
  '/inference/tei/predict': teiPredict,
  '/inference/tei/rerank': teiRerank,
  '/inference/cohere/v1/rerank': cohereRerank,
  '/inference/cohere/v2/rerank': cohereRerank,
  '/inference/jina/v1/rerank': jinaRerank,
  '/inference/nvidia/v1/chat/completions': nvidiaChatCompletions,
}
