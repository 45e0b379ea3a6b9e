/** A call to paste: a pair that no judge should get wrong. */
export function firstCall(port: number, keys: boolean): string {
  const body = JSON.stringify({
    prompt: 'What is the capital of France?',
    responses: ['The capital of France is Paris.', 'I had soup for lunch.'],
  })
  return [
    `curl -s http://localhost:${port}/v1/judgments`,
    ...(keys ? [`-H 'Authorization: Bearer YOUR_KEY'`] : []),
    `-H 'Content-Type: application/json'`,
    `-d '${body}'`,
  ].join(' \\\n  ')
}
