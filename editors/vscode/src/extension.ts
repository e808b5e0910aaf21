/** Starts `pmlint server` for the folders of the window; everything else is the server's. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { findCommand } from './command';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async event => {
      if (event.affectsConfiguration('pmlint.command')) {
        await deactivate();
        await start();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function start(): Promise<void> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(folder => folder.uri.fsPath);
  const command = findCommand({
    setting: vscode.workspace.getConfiguration('pmlint').get<string[]>('command', []),
    folders,
    searchPath: (process.env.PATH ?? '').split(path.delimiter),
    isWindows: process.platform === 'win32',
    isFile: file => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
  });
  if (command === undefined) {
    void vscode.window.showErrorMessage("pmlint was not found: pip install 'pmlint[lsp]' in the environment of the folder, or set pmlint.command");
    return;
  }
  const [program, ...args] = command;
  client = new LanguageClient(
    'pmlint',
    'pmlint',
    { command: program, args, options: { cwd: folders[0] } },
    { documentSelector: ['markdown', 'yaml'].map(language => ({ scheme: 'file', language })) },
  );
  await client.start();
}
