/** Imports a module from where the peers are installed, as no workspace could. */
export default (name) => import(name);
