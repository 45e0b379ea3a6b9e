/** A line that can be read and has no score; the message says why. */
export class Unscored extends Error {}
