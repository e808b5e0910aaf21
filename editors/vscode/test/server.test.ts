/** The command that the extension finds, spoken to over its standard input and output with the client's own library. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as rpc from 'vscode-jsonrpc/node';
import { findCommand } from '../src/command';

const command = findCommand({
  setting: [],
  folders: [],
  searchPath: (process.env.PATH ?? '').split(path.delimiter),
  isWindows: process.platform === 'win32',
  isFile: file => fs.existsSync(file),
});
const skip = command?.[0].includes('pmlint') ? false : 'pmlint is not on the path';

test('it answers with findings and ends cleanly', { skip, timeout: 60_000 }, async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pmlint-'));
  fs.mkdirSync(path.join(root, 'postmortems'));
  fs.writeFileSync(path.join(root, 'pmlint.toml'), '');
  const file = path.join(root, 'postmortems', 'PM-2026-001.md');
  const text = '---\nid: PM-2026-001\nstatus: drafft\n---\n';
  fs.writeFileSync(file, text);
  const [program, ...args] = command!;
  const server = spawn(program, args, { cwd: root, stdio: 'pipe' });
  let errors = '';
  server.stderr.on('data', data => { errors += data; });
  const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
  const found = new Promise<{ diagnostics: { message: string }[] }>(resolve => connection.onNotification('textDocument/publishDiagnostics', resolve));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/configuration', () => []);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  const rootUri = pathToFileURL(root).href;
  await connection.sendRequest('initialize', { processId: process.pid, rootUri, workspaceFolders: [{ uri: rootUri, name: 'root' }], capabilities: {} });
  await connection.sendNotification('initialized', {});
  const uri = pathToFileURL(file).href;
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version: 1, text } });
  assert.ok((await found).diagnostics.some(one => one.message.includes("'drafft'")));
  const code = new Promise(resolve => server.on('exit', resolve));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  assert.equal(await code, 0);
  assert.equal(errors, '');
});
