/** The file descriptor that supervisors inherit from the demo, and containers from supervisors. */
export const lifelineFd = 3;
