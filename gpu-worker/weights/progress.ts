/** What is going on while a model is made ready. */
export type Phase = 'try' | 'download' | 'unpack' | 'verify' | 'convert' | 'load'

/** `done` and `total` are bytes; both are 0 while the size is not known. `detail` is one line for people. */
export type Progress = { phase: Phase; done: number; total: number; detail?: string }

export type OnProgress = (progress: Progress) => void
