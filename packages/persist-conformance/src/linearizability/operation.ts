import type { Version } from '@sandkeep/persist-api';

/** What was asked of one register, which is a document whose every write has a text of its own. */
export type Question =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly text: string; readonly expect: Version | 'absent' | undefined }
  | { readonly type: 'remove'; readonly expect: Version | undefined };

/** What was answered. `failed`: the call is known to have had no effect. */
export type Answer =
  | { readonly type: 'document'; readonly text: string; readonly version: Version }
  | { readonly type: 'nothing' }
  | { readonly type: 'written'; readonly version: Version }
  | { readonly type: 'removed'; readonly existed: boolean }
  | { readonly type: 'conflict' }
  | { readonly type: 'failed'; readonly code: string };

/** One call of one client, which makes one after the other. */
export interface Operation {
  readonly client: string;
  readonly key: string;
  readonly question: Question;
  /** In nanoseconds of a clock that all clients share and that never goes back. */
  readonly calledAt: bigint;
  /** Undefined: there was none, or it was `OUTCOME_UNKNOWN`. The call may have had its effect at any time since, or never. */
  readonly answer?: Answer | undefined;
  readonly answeredAt?: bigint | undefined;
}
