import { goTypes } from '@sandkeep/persist-api';
import { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';
import { Tokens } from './tokens.js';

/** A socket of the host that is connected to a serial port of the guest. */
export interface Socket {
  readonly deviceID: string;
  readonly id: string;
  readonly hostPath: string;
  readonly name: string;
}

/** Kata's `types.Socket` in JSON. */
export const socketCodec = new GoJsonCodec(
  goTypes.struct({ deviceID: z.string(), id: z.string(), hostPath: z.string(), name: z.string() }),
);

const tokens = new Tokens('sockets', ['deviceID', 'id', 'hostPath', 'name']);

/**
 * Reads `device:id:path:name device:id:path:name`, as Kata's `Sockets.Set` does, but all of it or nothing.
 * @throws `INVALID_ARGUMENT` naming the token that is not four parts, none empty
 */
export function parseSockets(text: string): Socket[] {
  return tokens.parse(text);
}

/** The inverse of {@link parseSockets}. @throws `INVALID_ARGUMENT` for what could not be read back */
export function formatSockets(sockets: readonly Socket[]): string {
  return tokens.format(sockets);
}
