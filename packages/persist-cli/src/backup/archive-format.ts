/**
 * A backup is one file: a tar archive (POSIX pax), compressed with gzip, with these entries in this order.
 *
 * 1. `sandkeep-backup.json`: an {@link ArchiveStart}.
 * 2. One entry for each document, at its {@link archivePath}, with the document's own bytes. The SHA-256 of them
 *    is in the pax record `comment`, as `sha256:<64 hex digits>`. Where two entries have one path, the later
 *    one holds.
 * 3. `sandkeep-backup-end.json`: an {@link ArchiveEnd}. Nothing comes after it.
 */
export const archiveVersion = 1;
export const startName = 'sandkeep-backup.json';
export const endName = 'sandkeep-backup-end.json';
export const digestPrefix = 'sha256:';

export interface ArchiveStart {
  readonly format: 'sandkeep-backup';
  readonly version: number;
  /** When the backup began. */
  readonly createdAt: string;
  /** The name of the driver that the documents came from. */
  readonly driver: string;
  /** What the backup was confined to; all if it is missing. */
  readonly namespace?: string | undefined;
}

export interface ArchiveEnd {
  /** How many entries of documents there are. */
  readonly entries: number;
  /** The SHA-256 of one line, `<sha256 of its bytes>  <its path>\n`, for each entry before this one. */
  readonly sha256: string;
  /** The keys of which an earlier entry does not hold: they were changed, or removed, while the backup was made. */
  readonly replaced: readonly string[];
  readonly removed: readonly string[];
  /** The keys of the documents that could not be read, and are not in the archive. */
  readonly missing: readonly string[];
}
