import { openResolved, type PersistDriver, resolveDriver } from '@sandkeep/persist-api';

/** What a child process of the suite is told. */
export interface ChildConfig {
  readonly url: string;
  readonly from: readonly string[];
  /** The name of the scratch storage. */
  readonly name: string;
}

/** How a child process of the suite opens a storage of {@link urlHarness}. */
export async function open({ url, from, name }: ChildConfig): Promise<PersistDriver> {
  const resolved = await resolveDriver(url, { from });
  return openResolved({ ...resolved, config: resolved.module.scratch?.at(resolved.config, name) });
}
