/** What a command has found to be wrong. Its message is for the user, who needs no stack. */
export class CommandFailure extends Error {}
