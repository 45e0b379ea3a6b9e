import { makeRubric } from '../shared/identity/id.ts'
import { judge } from '../shared/judge/judge.ts'
import { toJob } from '../shared/judge/request.ts'
import { requireMetaRubric } from '../shared/rubric/meta-rubrics.ts'
import { written } from '../shared/testing/judge-request.ts'
import { recordingModel } from '../shared/testing/recording-model.ts'

/**
 * What the number of criteria a call costs a judge that writes: calls, and characters of text sent, for 200 criteria
 * of 80 characters, a prompt of 400 and a response of 1200. Prints a JSON object a line. Needs no model: texts are counted.
 */
const CRITERIA = 200
const criteria = Array.from({ length: CRITERIA }, (_, at) => ({
  id: `c${at}`,
  points: 5,
  title: `Says ${at} `.padEnd(80, 'in so many words '),
}))
const rubric = await makeRubric(criteria, null)
const prompt = 'What is it? '.repeat(34)
const response = 'It is this. '.repeat(100)

for (const perCall of [1, 4, 16, 64]) {
  const model = recordingModel(written)
  const request = {
    protocol: 'pointwise',
    prompt,
    responses: [response],
    criteria_per_call: perCall,
  } as const
  const { job } = await toJob(
    { ...request, responses: [response] },
    rubric,
    await requireMetaRubric(undefined),
  )
  const memory = { recall: <T>(_key: string, make: () => Promise<T>) => make() }
  const { spent } = await judge(job, { model, secret: 'bench', memory })
  const texts = model.asked.map(({ messages }) => messages.map(({ content }) => content).join('\n'))
  const sent = texts.reduce((sum, text) => sum + text.length, 0)
  const fresh = texts.reduce((sum, text, at) => sum + text.length - shared(text, texts[at - 1] ?? ''), 0)
  const line = (name: string, value: number, unit: string) =>
    console.log(JSON.stringify({ name: `${CRITERIA} criteria, ${perCall} a call: ${name}`, value, unit }))
  line('calls', spent.judge_calls, 'calls')
  line('sent', sent, 'characters')
  line('not shared with the call before', fresh, 'characters')
}

/** How many characters two texts begin with alike. */
function shared(text: string, other: string): number {
  let length = 0
  while (length < text.length && text[length] === other[length]) length++
  return length
}
