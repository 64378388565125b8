import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { openYard, type Yard } from '../conformance/yard.ts';
import type { Endpoint } from '../support/sdk.ts';
import { until } from '../support/wait.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** For `test`: skips by name where there is no browser, unless nothing may be skipped. */
export const needsBrowser: { readonly skip?: string } =
  executablePath !== undefined || process.env.BATCHYARD_REQUIRE_ALL === '1' ? {} : { skip: 'needs Chromium' };

/** A server whose console is built, and a browser: both are gone after the last test of the file. */
export async function openConsole(flags: readonly string[] = []): Promise<ConsoleYard> {
  const yard = await openYard(flags);
  await until('the console to be built', async () => {
    const response = await fetch(`${yard.server.url}/console`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return response.headers.get('content-type')?.startsWith('text/html');
  });
  let browser: Promise<Browser> | undefined;
  after(async () => (await browser)?.close());
  return {
    ...yard,
    visit: (walk) => {
      browser ??= chromium.launch({ ...(executablePath !== undefined && { executablePath }) });
      return visit(browser, yard.server, walk);
    },
  };
}

export interface ConsoleYard extends Yard {
  /** Walks through the console in a browser without a past. Fails for what no walk may meet, whatever it looked for. */
  visit(walk: (visitor: Visitor) => Promise<void>): Promise<void>;
}

/** Somebody at the console. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Opens a page by its path below `/console`. */
  open(path: string): Promise<void>;
  /** Signs in with the root user's key, or another one. */
  signIn(credentials?: Endpoint['credentials']): Promise<void>;
  /** Fails unless the page is clean by WCAG 2.2 AA, light and dark. */
  checkAccessibility(): Promise<void>;
}

async function visit(
  browser: Promise<Browser>,
  server: Endpoint,
  walk: (visitor: Visitor) => Promise<void>,
): Promise<void> {
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  const problems: string[] = [];
  const page = await context.newPage();
  watch(page, server.url, problems);
  try {
    await walk({
      page,
      context,
      open: async (path) => void (await page.goto(`${server.url}/console${path}`)),
      signIn: (credentials = server.credentials) => signIn(page, credentials),
      checkAccessibility: () => checkAccessibility(page),
    });
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

/** What no page may do: fail, break its policy, ask another origin for anything. */
function watch(page: Page, origin: string, problems: string[]): void {
  page.on('pageerror', ({ message }) => problems.push(`error: ${message}`));
  page.on('console', (message) => {
    // The browser tells refused calls as errors of its own; the walk looks at what the page makes of them.
    const isRefusedCall = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusedCall) problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) problems.push(`asked ${request.url()}`);
  });
}

async function signIn(page: Page, { accessKeyId, secretAccessKey }: Endpoint['credentials']): Promise<void> {
  await page.getByLabel('Access key ID').fill(accessKeyId);
  await page.getByLabel('Secret access key').fill(secretAccessKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function checkAccessibility(page: Page): Promise<void> {
  for (const dark of [false, true]) {
    await page.evaluate(`document.documentElement.classList.toggle('awsui-dark-mode', ${dark})`);
    await keepPicture(page, dark ? 'dark' : 'light');
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`);
    assert.deepEqual(found, [], dark ? 'dark' : 'light');
  }
}

const pictures = join(import.meta.dirname, '../../test-results/pictures', basename(process.argv[1] ?? '', '.test.ts'));
let kept = 0;

/** Keeps what a page looked like, for people: of each file's pages in turn, under their paths. */
async function keepPicture(page: Page, mode: 'light' | 'dark'): Promise<void> {
  kept += 1;
  const path = new URL(page.url()).pathname.replace(/[^\w.-]+/g, '-').slice(0, 80);
  await page.screenshot({ path: join(pictures, `${String(kept).padStart(2, '0')}${path}-${mode}.png`) });
}
