import { z } from 'zod';
import { struct } from './go-types.js';
import { int64 } from './integers.js';

/** How to reach the agent in the guest. */
export const agentState = struct({ proxyPid: int64, url: z.string() });

export type AgentState = z.infer<typeof agentState>;
