/** A call to paste: a pair whose answer is clear to anyone, and that the small model gets right too. */
export function firstCall(port: number, keys: boolean): string {
  const body = JSON.stringify({
    prompt: 'Name a prime number above 10.',
    responses: ['11 is prime.', '12 is prime.'],
  })
  return [
    `curl -s http://localhost:${port}/v1/judgments`,
    ...(keys ? [`-H 'Authorization: Bearer YOUR_KEY'`] : []),
    `-H 'Content-Type: application/json'`,
    `-d '${body}'`,
  ].join(' \\\n  ')
}
