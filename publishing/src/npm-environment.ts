/**
 * The environment for a package manager that is started by a script or a test: what the one that runs these has
 * set for its own scripts (`npm_config_workspace`, `npm_package_name`, …) would change what it does.
 */
export function npmEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|VITEST)/i.test(name));
  return { ...Object.fromEntries(own), ...more };
}
