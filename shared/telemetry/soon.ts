/** Has spans sent a while after the first of them has ended, for processes that stay; `later` is their timer. */
export function soon(later: (send: () => void) => void): (flush: () => Promise<void>) => void {
  let waiting = false
  return (flush) => {
    if (waiting) return
    waiting = true
    later(() => {
      waiting = false
      void flush()
    })
  }
}
