import { z } from 'zod';
import type { AtRestOptions } from './at-rest-options.js';

/**
 * The configuration of a driver as an object: `driver` names it, `compress` and `encrypt` wrap it, `$schema`
 * is for editors, and everything else are the options of that driver, which {@link openDriver} checks with the
 * driver's own schema.
 *
 * `driver` is a name (`fs`, `memory`, `redis`), the name of an npm package, or the path of a
 * module (`./my-driver.js`), which exports a {@link DriverModule} as `driver`.
 */
export const driverConfigSchema = z.looseObject({ driver: z.string().min(1) });

export type DriverConfig = z.infer<typeof driverConfigSchema> & AtRestOptions;
