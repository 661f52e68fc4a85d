import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerfileParser } from 'dockerfile-ast';
import type { Copy, Env, Instruction, JSONInstruction } from 'dockerfile-ast';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the last stage of a Dockerfile says of its image. */
export interface Image {
  /** The stages' base images, arguments filled in. */
  readonly bases: readonly string[];
  readonly user: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly command: readonly string[];
}

const dockerfile = DockerfileParser.parse(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));

export function readImage(): Image {
  const instructions = lastStage();
  const last = (keyword: string) => instructions.filter((one) => one.getKeyword() === keyword).at(-1);
  return {
    bases: dockerfile.getFROMs().map((from) => substituted(from.getImage() ?? '')),
    user: last('USER')?.getArgumentsContent() ?? '',
    folder: last('WORKDIR')?.getArgumentsContent() ?? '',
    environment: Object.fromEntries(
      instructions
        .filter((one) => one.getKeyword() === 'ENV')
        .flatMap((one) => (one as Env).getProperties())
        .map((one) => [one.getName(), one.getValue() ?? '']),
    ),
    ports: (last('EXPOSE')?.getArgumentsContent() ?? '').split(' '),
    command: ['ENTRYPOINT', 'CMD'].flatMap((keyword) => words(last(keyword))),
  };
}

/**
 * Does what a container engine would, in a folder: the stages' files are below it, commands run on this machine. Base
 * images are not there, so it cannot tell what they lack.
 */
export function buildInto(folder: string): void {
  let stage = -1;
  let workdir = '/';
  for (const instruction of dockerfile.getInstructions()) {
    const argument = instruction.getArgumentsContent() ?? '';
    switch (instruction.getKeyword()) {
      case 'FROM':
        stage += 1;
        break;
      case 'WORKDIR':
        workdir = argument;
        mkdirSync(join(folder, String(stage), workdir), { recursive: true });
        break;
      case 'COPY':
        copy(folder, stage, workdir, instruction as Copy);
        break;
      case 'RUN':
        run(
          argument.replace(/^(?:--\S+\s+)+/, '').replaceAll('/build/', `${folder}/${String(stage)}/build/`),
          join(folder, String(stage), workdir),
        );
        break;
      default:
    }
  }
}

/** Files of the repository that the build gets: known to git, and not in .dockerignore. */
export function contextFiles(): readonly string[] {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(ignoreRule);
  const files = git('ls-files', '--cached', '--others', '--exclude-standard').split('\n');
  return files.filter(
    (file) => file !== '' && existsSync(join(ROOT, file)) && !ignored.some((rule) => rule.test(file)),
  );
}

/** A line of .dockerignore: it matches from the root on, and what is below. */
function ignoreRule(line: string): RegExp {
  const pattern = line
    .replaceAll('.', '\\.')
    .replaceAll('**/', '(?:.+/)?')
    .replace(/(?<!\))\*/g, '[^/]*');
  return new RegExp(`^${pattern}(?:/|$)`);
}

function copy(folder: string, stage: number, workdir: string, instruction: Copy): void {
  const from = instruction
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue();
  const [source = '', target = ''] = instruction.getArguments().map((one) => one.getValue());
  if (from === undefined || from === null) {
    for (const file of contextFiles()) {
      const to = join(folder, String(stage), workdir, file);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(ROOT, file), to, { dereference: false });
    }
    return;
  }
  const other = dockerfile.getFROMs().findIndex((one) => one.getBuildStage() === from);
  cpSync(join(folder, String(other), source), join(folder, String(stage), target), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

function run(command: string, cwd: string): void {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|GEMEL_)/.test(name)),
  );
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`);
}

function lastStage(): readonly Instruction[] {
  const instructions = dockerfile.getInstructions();
  return instructions.slice(instructions.findLastIndex((one) => one.getKeyword() === 'FROM'));
}

function substituted(text: string): string {
  const values = new Map(
    dockerfile.getARGs().map((one) => [one.getProperty()?.getName(), one.getProperty()?.getValue() ?? '']),
  );
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '');
}

function words(instruction: Instruction | undefined): readonly string[] {
  return ((instruction as JSONInstruction | undefined)?.getJSONStrings() ?? []).map((one) => one.getJSONValue());
}

function git(...args: readonly string[]): string {
  return spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 100_000_000 }).stdout;
}
