export { Membership } from './membership.js';
export { PiggybackUnsupported } from './errors.js';
export { NamespaceCommands } from './namespace-commands.js';
export { SudoChanges } from './sudo-changes.js';
export type { SudoChangesParts } from './sudo-changes.js';
export { SudoCommands } from './sudo-commands.js';
export type { SudoParts } from './sudo-commands.js';
export { UpkeepCommands } from './upkeep-commands.js';
export { SeveralCommands } from './several-commands.js';
