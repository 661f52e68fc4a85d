import { servicesNamed } from './catalogue.mjs';
import { givenServer } from './given.mjs';
import { Instance } from './instance.mjs';
import { memoryOf } from './processes.mjs';

/** The environment by which clients reach what is up or given. */
export function environment(names, { dir }) {
  const known = servicesNamed(names).map((service) => {
    const instance = new Instance(service, dir);
    return givenServer(service, instance) ?? (instance.isUp ? instance.environment : {});
  });
  return Object.assign({}, ...known);
}

/** One line of text a service. */
export function status(names, { dir }) {
  const rows = servicesNamed(names).map((service) => row(service, new Instance(service, dir)));
  const table = [['service', 'state', 'pid', 'memory', 'address'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  return table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

function row(service, instance) {
  const [address] = service.variables;
  const given = givenServer(service, instance);
  if (given !== undefined) return [service.name, 'given', '', '', given[address]];
  if (!instance.isUp) return [service.name, instance.processes.length > 0 ? 'failed' : 'down', '', '', ''];
  const pids = instance.processes.map(({ pid }) => pid).join(',');
  const bytes = instance.processes.reduce((sum, process) => sum + memoryOf(process), 0);
  const memory = `${(bytes / 2 ** 20).toFixed(0)} MB`;
  return [service.name, 'up', pids, memory, instance.environment[address]];
}
