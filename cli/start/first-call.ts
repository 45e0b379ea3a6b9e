/** A call to paste: a pair whose answer is clear to anyone, though not always to the small model. */
export function firstCall(port: number, keys: boolean): string {
  const body = JSON.stringify({
    prompt: 'How do I boil an egg?',
    responses: ['Put it in boiling water for eight minutes, then cool it under cold water.', 'No.'],
    orders: 'mean',
  })
  return [
    `curl -s http://localhost:${port}/v1/judgments`,
    ...(keys ? [`-H 'Authorization: Bearer YOUR_KEY'`] : []),
    `-H 'Content-Type: application/json'`,
    `-d '${body}'`,
  ].join(' \\\n  ')
}
