/** What somebody is to do whose disk failed a run, as the end of a sentence; `kept` where it has a checkpoint. */
export function resumeAdvice(kept: boolean): string {
  return kept
    ? 'and resume: the last checkpoint is whole'
    : 'and resume: the run begins anew, for it has no checkpoint yet'
}
