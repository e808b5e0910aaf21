// Plays a person at VS Code, whose window is a page in a browser.
// usage: node vscode_typing.mjs PLAN   Prints as JSON what was seen.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'here.js'));
const { chromium } = require('playwright-core');
const executablePath = process.env.PATH.split(path.delimiter).map(folder => path.join(folder, 'chromium')).find(fs.existsSync);
const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(120_000);
const rows = view => page.locator(`${view} .monaco-list-row`);

/** The window with one file in it, once its findings are shown. */
async function open(file) {
  const payload = JSON.stringify([['openFile', `vscode-remote://${new URL(plan.address).host}${file}`]]);
  await page.goto(`${plan.address}?folder=${encodeURIComponent(plan.folder)}&payload=${encodeURIComponent(payload)}`);
  await page.locator('.editor-instance .view-line').first().waitFor();
  await page.keyboard.press('Control+Shift+M');
  await rows('.markers-panel').first().waitFor();
  await page.locator('.editor-instance .view-lines').click({ position: { x: 100, y: 5 } });
  await page.keyboard.press('Control+Home');
}

/** What a file has once it is saved as it should be, or after a minute. */
async function saved(file, isDone) {
  await page.keyboard.press('Control+S');
  for (let wait = 0; wait < 600 && !isDone(fs.readFileSync(file, 'utf8')); wait++) await page.waitForTimeout(100);
  return fs.readFileSync(file, 'utf8');
}

async function repair() {
  await open(plan.wrong);
  const findings = await rows('.markers-panel').allInnerTexts();
  await page.keyboard.press('F8'); // to the first finding
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await rows('.action-widget').first().waitFor();
  const fixes = await rows('.action-widget').allInnerTexts();
  await page.keyboard.press('Enter');
  await rows('.action-widget').first().waitFor({ state: 'hidden' });
  const before = fs.readFileSync(plan.wrong, 'utf8');
  const text = await saved(plan.wrong, now => now !== before);
  await page.keyboard.press('F1');
  await page.keyboard.type('Explorer: Focus on Outline View');
  await rows('.quick-input-list').first().waitFor();
  await page.keyboard.press('Enter');
  await rows('.outline-tree').nth(5).waitFor();
  return { findings, fixes, text, outline: await rows('.outline-tree').allInnerTexts() };
}

async function type({ file, lines, pause }) {
  await open(file);
  await page.evaluate(() => {
    window.lists = 0;
    new MutationObserver(() => { window.lists += document.querySelectorAll('.suggest-widget.visible').length; })
      .observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class'] });
  });
  for (const [number, line] of lines.entries()) {
    if (number) await page.keyboard.press('Enter');
    await page.keyboard.type(line, { delay: pause });
    if (pause) await page.waitForTimeout(10 * pause); // half a word's list is there when Enter comes
  }
  const lists = await page.evaluate(() => window.lists);
  return { text: await saved(file, now => now === lines.join('\n')), lists };
}

const seen = { repair: await repair(), typed: [] };
for (const typing of plan.typings) seen.typed.push(await type(typing));
await browser.close();
console.log(JSON.stringify(seen));
