/** Which command starts the server: what is set, the environment of the folder, the path, then a runner that fetches it. */
import * as path from 'node:path';

export interface Surroundings {
  /** The setting `pmlint.command`. */
  readonly setting: readonly string[];
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  /** Folders of the search path. */
  readonly searchPath: readonly string[];
  readonly isWindows: boolean;
  readonly isFile: (file: string) => boolean;
}

const PACKAGE = 'pmlint[lsp]';
const RUNNERS: readonly (readonly [string, readonly string[]])[] = [
  ['uvx', ['--from', PACKAGE, 'pmlint']],
  ['pipx', ['run', '--spec', PACKAGE, 'pmlint']],
];

/** The command with its arguments, or undefined where nothing that could start it is there. */
export function findCommand(around: Surroundings): string[] | undefined {
  if (around.setting.length > 0) return [...around.setting, 'server'];
  const programs = around.isWindows ? 'Scripts' : 'bin';
  const environments = around.folders.flatMap(folder => ['.venv', 'venv'].map(name => path.join(folder, name, programs)));
  const own = lookUp('pmlint', [...environments, ...around.searchPath], around);
  if (own !== undefined) return [own, 'server'];
  for (const [name, words] of RUNNERS) {
    const runner = lookUp(name, around.searchPath, around);
    if (runner !== undefined) return [runner, ...words, 'server'];
  }
  return undefined;
}

function lookUp(name: string, folders: readonly string[], around: Surroundings): string | undefined {
  // A relative folder of the path would be one of the workspace, whose files nobody chose to run.
  const file = around.isWindows ? `${name}.exe` : name;
  return folders.filter(folder => path.isAbsolute(folder)).map(folder => path.join(folder, file)).find(around.isFile);
}
