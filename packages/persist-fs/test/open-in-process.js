/** How a child process of the conformance suite opens the driver. */
export { openFsDriver as open } from '@sandkeep/persist-fs';
