import { Agent, request } from 'node:http'

/** POSTs a body over kept connections: plain `node:http`, which costs less of the shared processor than `fetch`. */
export function poster(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const post = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request(
        url,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.on('error', reject)
          response.on('end', () => {
            if (response.statusCode === 200) resolve(text)
            else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 300)}`))
          })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  return { post, close: () => agent.destroy() }
}

/** Does the tasks, `concurrency` of them at a time; gives the wall time in milliseconds. */
export async function timeAll(
  tasks: readonly (() => Promise<unknown>)[],
  concurrency: number,
): Promise<number> {
  const queue = tasks.values()
  const started = performance.now()
  const lane = async () => {
    for (const task of queue) await task()
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return performance.now() - started
}

export type Load = { perSecond: number; latencies: number[] }

/** Calls again and again for some time, `concurrency` calls at once. Latencies are in milliseconds. */
export async function load(call: () => Promise<unknown>, concurrency: number, ms: number): Promise<Load> {
  const latencies: number[] = []
  const started = performance.now()
  const lane = async () => {
    while (performance.now() - started < ms) {
      const before = performance.now()
      await call()
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return { perSecond: latencies.length / ((performance.now() - started) / 1000), latencies }
}
