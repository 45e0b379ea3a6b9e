/** One run at a time, and a disposal that waits for the run under way. */
export class RunState {
  readonly #release: () => void
  #state: 'idle' | 'running' | 'ending' | 'disposed' = 'idle'

  /** `release` is called once. */
  constructor(release: () => void) {
    this.#release = release
  }

  /** Throws `TypeError` while a run is under way and after disposal. */
  begin(): void {
    if (this.#state === 'running') throw new TypeError('a session makes one run at a time')
    if (this.#state !== 'idle') throw new TypeError('this session was disposed of')
    this.#state = 'running'
  }

  end(): void {
    const ending = this.#state === 'ending'
    this.#state = 'idle'
    if (ending) this.dispose()
  }

  dispose(): void {
    if (this.#state === 'running') this.#state = 'ending'
    if (this.#state !== 'idle') return
    this.#state = 'disposed'
    this.#release()
  }
}
