import type { Engine } from '../../gpu-worker/generate/engine.ts'

const EVERY_MS = 10

/** The most bytes that the process, and the keys and values in use, took while some work was done. */
export type Peak = { resident: number; keysAndValues: number }

export async function peakWhile(engine: Engine, work: () => Promise<unknown>): Promise<Peak> {
  const peak: Peak = { resident: 0, keysAndValues: 0 }
  const look = () => {
    const { running, cached } = engine.stats().kv
    peak.resident = Math.max(peak.resident, process.memoryUsage.rss())
    peak.keysAndValues = Math.max(peak.keysAndValues, running + cached)
  }
  const timer = setInterval(look, EVERY_MS)
  try {
    await work()
    look()
    return peak
  } finally {
    clearInterval(timer)
  }
}
