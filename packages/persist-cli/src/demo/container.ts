/**
 * The process of one container of the demo: `node container.js <namespace>/<sandbox>/<container>`.
 *
 * It runs once it is told so by a line on its standard input. If that ends first, its supervisor died
 * before it recorded this process: nobody knows of it, so it ends. File descriptor 3 is its lifeline,
 * which ends when the whole demo does, however that dies: no process is left behind.
 */
import { Socket } from 'node:net';
import { lifelineFd } from './lifeline.js';

process.title = `sandkeep-container ${process.argv[2]}`;
new Socket({ fd: lifelineFd, readable: true, writable: false }).resume().once('close', () => process.exit());
process.stdin.once('end', () => process.exit());
process.stdin.once('data', () => process.stdin.removeAllListeners('end').pause());
