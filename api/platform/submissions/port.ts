/** What was submitted to be collected later, as JSON text. */
export type Submission = {
  /** Unix time, milliseconds: of the first of equal ones. */
  created: number
  content: string
}

/**
 * Submissions of clients that submit and poll, by the hash of what they hold: one that is sent again is the same. The work
 * itself lies in the record of judgments, so that a process that ends loses none of it. Kept for a day.
 */
export type SubmissionRecords = {
  keep(organisation: string, id: string, submission: Submission): Promise<null>
  find(organisation: string, id: string): Promise<Submission | null>
}
