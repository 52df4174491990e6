/** The time was up. */
export class NoAnswer extends Error {}
