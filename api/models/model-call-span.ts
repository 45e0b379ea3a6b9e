import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import { baseUrls } from './model-config.ts'

/** Makes a call to a model server as a span, by OpenTelemetry's conventions for generative AI. */
export function inModelCall<T>(
  trace: Trace | undefined,
  entry: ModelEntry,
  operation: 'chat' | 'judge',
  call: (inner: Trace | undefined) => Promise<T>,
): Promise<T> {
  if (!trace) return call(undefined)
  const { hostname, port, protocol } = new URL(baseUrls(entry)[0] ?? '')
  const attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': operation === 'chat' ? 'openai' : 'plumbline',
    'gen_ai.request.model': entry.model,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  }
  return trace.span(`${operation} ${entry.model}`, call, { sort: 'client', attributes })
}
