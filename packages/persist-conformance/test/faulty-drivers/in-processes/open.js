/** Opens a driver in a child process and breaks it: `{ fault, opener }`, the addresses of both modules. */
export async function open({ fault, opener }) {
  const { open: openSound } = await import(opener.module);
  const { breakDriver } = await import(fault);
  return breakDriver(await openSound(opener.config));
}
