/** Thrown inside the reader of mathematics for what it can't read; `read` turns it into null. */
export class Unreadable extends Error {}
