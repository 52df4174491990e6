/**
 * How much a driver was seen to withstand, from least to most: one process; several processes at once;
 * processes that are killed or paused, and storage that fails or is damaged.
 */
export const levels = ['core', 'concurrent', 'crash-safe'] as const;

/** One of {@link levels}. */
export type Level = (typeof levels)[number];
