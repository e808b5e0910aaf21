// Judges pages of the site in a real browser: axe-core, sideways scroll, foreign requests, errors in the console.
// usage: node site_browser.mjs FOLDER ADDRESS PATH...   Prints a line for each problem; exit 1 on any. Pictures go to FOLDER.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'here.js'));
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const { chromium } = require('playwright-core');
const executablePath = process.env.PATH.split(path.delimiter).map(folder => path.join(folder, 'chromium')).find(fs.existsSync);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const [folder, address, ...pages] = process.argv.slice(2);
let bad = 0;

for (const colorScheme of ['light', 'dark'])
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } });
    // All of them at once: most of a page's time is the wait for a request that does not come.
    await Promise.all(pages.map(async place => {
      const page = await context.newPage();
      const problems = [];
      page.on('request', request => { if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) problems.push(`request ${request.url()}`); });
      page.on('pageerror', error => problems.push(`script ${error.message}`));
      await page.goto(address + place, { waitUntil: 'networkidle' });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) problems.push(`overflow ${over} pixels`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const one of violations) problems.push(`violation ${one.id}: ${one.nodes.length} ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].any[0]?.message ?? ''}`);
      await page.screenshot({ path: path.join(folder, `${place.replaceAll('/', '_')}${colorScheme}-${width}.png`) });
      for (const problem of problems) console.log(`/${place} ${colorScheme} ${width}: ${problem}`);
      bad += problems.length;
      await page.close();
    }));
    await context.close();
  }
await browser.close();
process.exit(bad ? 1 : 0);
