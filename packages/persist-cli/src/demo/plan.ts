/** The sandboxes of the demo, and their containers. */
export const plan = { web: ['proxy', 'api', 'cache'], jobs: ['worker'] } as const;

/** The container that the demo kills while no supervisor looks. */
export const victim = { sandbox: 'web', container: 'cache' } as const;
