// Judges pages in a real browser: axe-core, overflow, dialogs, requests, errors in the console.
// usage: node browser.mjs PAGE...   Prints a line for each problem; exit 1 on any.
// axe-core and playwright-core are found from the working folder; the browser is `chromium` on PATH.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.cwd(), 'here.js'));
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const { chromium } = require('playwright-core');
const executablePath = process.env.PATH.split(path.delimiter).map(folder => path.join(folder, 'chromium')).find(fs.existsSync);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
let bad = 0;

// With the policy off, whatever got into the markup may act, and axe can be injected; with it on, it may complain.
for (const bypassCSP of [true, false])
  for (const colorScheme of bypassCSP ? ['light', 'dark'] : ['light'])
    for (const width of bypassCSP ? [1280, 360] : [1280]) {
      const context = await browser.newContext({ bypassCSP, colorScheme, viewport: { width, height: 800 } });
      for (const file of process.argv.slice(2)) {
        const page = await context.newPage();
        const problems = [];
        page.on('dialog', dialog => { problems.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
        page.on('request', request => { if (!/^(file|data):/.test(request.url())) problems.push(`request ${request.url()}`); });
        page.on('console', message => { if (message.type() === 'error') problems.push(`console ${message.text()}`); });
        await page.goto(pathToFileURL(path.resolve(file)).href, { waitUntil: 'load' });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) problems.push(`overflow ${over} pixels`);
        if (bypassCSP) {
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run());
          for (const one of violations) problems.push(`violation ${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
        }
        if (!bypassCSP) {
          // A sheet of A4 between its margins: what is wider is cut off on paper.
          await page.emulateMedia({ media: 'print' });
          await page.setViewportSize({ width: 720, height: 1018 });
          const cut = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (cut > 0) problems.push(`cut on paper ${cut} pixels`);
        }
        for (const problem of problems) console.log(`${file} ${colorScheme} ${width} ${bypassCSP ? 'without' : 'with'} policy: ${problem}`);
        bad += problems.length;
        await page.close();
      }
      await context.close();
    }
await browser.close();
process.exit(bad ? 1 : 0);
