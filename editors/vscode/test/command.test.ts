import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCommand, type Surroundings } from '../src/command';

function around(files: string[], more: Partial<Surroundings> = {}): Surroundings {
  return { setting: [], folders: ['/work'], searchPath: ['/usr/bin', '.', 'bin'], isWindows: false, isFile: file => files.includes(file), ...more };
}

test('the setting comes first', () => {
  assert.deepEqual(findCommand(around(['/work/.venv/bin/pmlint'], { setting: ['/a/pmlint', '-v'] })), ['/a/pmlint', '-v', 'server']);
});

test('the environment of the folder comes before the path', () => {
  assert.deepEqual(findCommand(around(['/usr/bin/pmlint', '/work/venv/bin/pmlint'])), ['/work/venv/bin/pmlint', 'server']);
  assert.deepEqual(findCommand(around(['/usr/bin/pmlint', '/usr/bin/uvx'])), ['/usr/bin/pmlint', 'server']);
});

test('a runner fetches it where it is not installed', () => {
  assert.deepEqual(findCommand(around(['/usr/bin/uvx', '/usr/bin/pipx'])), ['/usr/bin/uvx', '--from', 'pmlint[lsp]', 'pmlint', 'server']);
  assert.deepEqual(findCommand(around(['/usr/bin/pipx'])), ['/usr/bin/pipx', 'run', '--spec', 'pmlint[lsp]', 'pmlint', 'server']);
});

test('a relative folder of the path is never searched', () => {
  assert.equal(findCommand(around(['pmlint', 'bin/pmlint', './pmlint'])), undefined);
});
