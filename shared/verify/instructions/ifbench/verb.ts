/** placeholder until the list is made */
export function isVerb(first: string, second: string): boolean {
  return /ing$|ed$/.test(first) || second === ''
}
