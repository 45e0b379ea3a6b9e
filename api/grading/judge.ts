import type { GradingJudge } from '../../shared/graders/grader.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type JudgeName, judgeName } from '../../shared/protocol/judge-name.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { Form } from '../chat/judges/form.ts'
import { jsonForm } from '../chat/judges/json-form.ts'
import { type JudgingDeps, judgeQuestion } from '../chat/judges/judge-question.ts'
import type { Question } from '../chat/judges/question.ts'
import { readQuestion } from '../chat/judges/read-question.ts'
import type { Verdict } from '../chat/judges/verdict.ts'
import type { Call } from '../judging/call.ts'

/** A judge that has a model's name, as graders ask it: the messages are put to it as those of a chat are. */
export function gradingJudge({ judge, model }: JudgeName, deps: JudgingDeps, call: Call): GradingJudge {
  const put = (question: Question, decisive: boolean) =>
    judgeQuestion(question, { judge, model: model ?? undefined, field: {}, decisive }, deps, call)
  const name = judgeName(judge)

  return {
    async score(messages) {
      const verdict = await put(questionIn(messages), true)
      return { read: verdict.scores[0] ?? 0, ...spentOn(verdict, name) }
    },
    async label(messages, labels) {
      const question = questionIn(messages)
      const form = formOf(labels, question.responses.length)
      const verdict = await put(question, !form.tie)
      const { verdict: written } = form.write(verdict, '')
      if (written !== null) return { read: JSON.parse(written).result, ...spentOn(verdict, name) }
      if (verdict.best !== null) throw wrongLabels()
      const message = 'The responses are equal to the judge, and no label says so: add one such as "tie".'
      throw new PlumblineError('reply_invalid', message)
    },
  }
}

function questionIn(messages: readonly Message[]): Question {
  const question = readQuestion(messages, {})
  if ('forged' in question) throw new PlumblineError('reply_refused', question.forged)
  return question
}

function formOf(labels: string[], responses: number): Form {
  const shape = { properties: { result: { type: 'string', enum: labels } }, required: ['result'] }
  try {
    return jsonForm({ shape, param: 'labels' }, responses)
  } catch (cause) {
    throw wrongLabels(cause)
  }
}

function wrongLabels(cause?: unknown): PlumblineError {
  const message = `A judge can't choose among these labels: give it "yes" and "no", or "A" and "B" for two responses.`
  return new PlumblineError('invalid_request', message, { cause, param: 'labels' })
}

function spentOn({ judgments, usage }: Verdict, model: string) {
  const tokens = {
    prompt: usage.prompt_tokens,
    completion: usage.completion_tokens,
    cached: usage.cached_tokens,
  }
  return { details: `Judged in ${judgments.join(', ')}.`, use: { model, calls: 1, tokens } }
}
