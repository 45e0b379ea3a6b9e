/** Has spans sent a while after the first of them has ended, for processes that stay. */
export function soon(milliseconds: number): (flush: () => Promise<void>) => void {
  let waiting = false
  return (flush) => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      void flush()
    }, milliseconds)
  }
}
