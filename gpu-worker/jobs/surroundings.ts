import { cpus } from 'node:os'
import packageJson from '../../package.json' with { type: 'json' }
import { type Method, settingsOf } from '../../shared/protocol/training/methods.ts'
import { defaultRuntime } from '../runtime/open-device.ts'
import { reportRuntime } from '../runtime/report.ts'
import type { GroundOptions } from '../train/ground.ts'

/** What the figures of a run depend on beside its configuration, in one sentence. */
export function surroundingsOf(
  { provider = 'cpu', threads, runtime = defaultRuntime() }: GroundOptions,
  method: Method,
): string {
  const processor = cpus()[0]?.model.trim() || process.arch
  const where = `on ${provider} with ${threads} of ${cpus().length} threads (${processor})`
  const { onnxruntime } = reportRuntime(runtime)
  const versions = `Plumbline ${packageJson.version}, ONNX Runtime ${onnxruntime}, Node ${process.versions.node}`
  return `Trains in ${settingsOf(method).precision} ${where}: ${versions}.`
}
