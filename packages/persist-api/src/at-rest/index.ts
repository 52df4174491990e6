export { compressed } from './compressed.js';
export { type EncryptedOptions, encrypted } from './encrypted.js';
export type { EncryptionKey } from './key-ring.js';
