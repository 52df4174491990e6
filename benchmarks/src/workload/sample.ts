import type { ContainerState, SandboxState } from '@sandkeep/persist-api';

/** A sandbox and its containers, as a store takes them. */
export interface State {
  sandbox: SandboxState;
  containers: Map<string, ContainerState>;
}

/** A sandbox of 3 KB with containers of 1.2 KB each, as supervisors of pods keep them. */
export function sampleState(containers: number): State {
  return {
    sandbox: {
      state: 'running',
      guestMemoryBlockSizeMB: 128,
      cgroupPath: '/kubepods/burstable/pod1/sandbox',
      annotations: strings('io.example.sandbox.annotation', 30),
    },
    containers: new Map(
      Array.from({ length: containers }, (_, index) => [`container-${index}`, containerState(index)]),
    ),
  };
}

function containerState(index: number): ContainerState {
  return {
    state: 'running',
    cgroupPath: `/kubepods/burstable/pod1/container-${index}`,
    annotations: strings(`io.example.container-${index}.annotation`, 14),
  };
}

function strings(prefix: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, `value ${index} `.repeat(5)]),
  );
}
