/**
 * The process of one container of the demo: `node container.js <namespace>/<sandbox>/<container>`.
 *
 * It runs once it is told so by a line on its standard input. If that ends first, its supervisor died
 * before it recorded this process: nobody knows of it, so it ends. From then on, reading its lifeline is
 * all that it does; that ends when the whole demo does, however it dies: no process is left behind.
 */
import { Socket } from 'node:net';
import { lifelineFd } from './lifeline.js';

process.title = `sandkeep-container ${process.argv[2]}`;
new Socket({ fd: lifelineFd, readable: true, writable: false }).resume();
process.stdin.once('end', () => process.exit());
process.stdin.once('data', () => process.stdin.destroy());
