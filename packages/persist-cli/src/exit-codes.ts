/** What the exit status of `sandkeep` means. An interrupt ends with 128 plus the number of the signal. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  atRisk: 5,
} as const;
