import { readFileSync } from 'node:fs';
import type { ContainerState, SandboxState } from '../../src/index.js';

/** The bytes of a document that an earlier version of the store wrote. */
export function golden(name: string): Buffer {
  return readFileSync(new URL(`golden/${name}`, import.meta.url));
}

/** A state with every kind of device and endpoint, unknown fields and awkward names. */
export function richState(): { sandbox: SandboxState; containers: Map<string, ContainerState> } {
  const { sandbox, containers } = JSON.parse(golden('format-1/rich.json').toString());
  return { sandbox, containers: new Map(Object.entries(containers)) };
}
