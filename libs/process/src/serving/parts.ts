/** Names under which Nest keeps the parts that every process has, each made once from those it names. */
export const PARTS = {
  registry: Symbol('registry'),
  users: Symbol('users'),
  ports: Symbol('ports'),
  core: Symbol('core'),
  frame: Symbol('frame'),
  routes: Symbol('routes'),
} as const;
