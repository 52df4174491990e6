import { open, Storage } from '../dist/index.js';

/** How the suite opens the driver. More hooks let it verify more: the README of @sandkeep/persist-conformance. */
export default {
  name: 'driver-name',
  create: async () => new Storage(),
  open: (storage) => open({ storage }),
  openPeer: (storage) => open({ storage }),
  dispose: async () => {},
};
