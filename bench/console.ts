import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { define, setEnvironment, submit } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import type { Figure, Finding } from './support/figure.ts';
import { sleep, until } from './support/pause.ts';
import { median } from './support/statistics.ts';

const rounds = 10;
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How soon pages of the console show what they are opened for. See README.md. */
export async function consolePages(): Promise<Finding> {
  const executablePath = browsers.find((each) => existsSync(each));
  if (executablePath === undefined)
    return { kind: 'skipped', reason: 'Chromium is not installed (Debian: apt-get install chromium)' };
  const server = await BenchServer.start();
  const browser = await chromium.launch({ executablePath });
  try {
    await until('the console to be built', 200, async () => {
      const response = await fetch(`${server.url}/console`);
      return response.headers.get('content-type')?.startsWith('text/html') || undefined;
    });
    await define(server, 'bench', ['true']);
    await setEnvironment(server, 'DISABLED');
    return { kind: 'measured', figures: await measured(browser, server) };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function measured(browser: Browser, server: BenchServer): Promise<readonly Figure[]> {
  const page = await (await browser.newContext({ locale: 'en' })).newPage();
  const devtools = await page.context().newCDPSession(page);
  const cache = (cacheDisabled: boolean) => devtools.send('Network.setCacheDisabled', { cacheDisabled });
  const home = `${server.url}/console/`;
  const row = () => page.getByRole('link', { name: 'default' }).first().waitFor();
  const floor = await timed(() => page.goto(`${server.url}/healthz`));
  await cache(true);
  const signIn = await timed(async () => {
    await page.goto(home);
    await page.getByLabel('Access key ID').waitFor();
  });
  await enter(page, server);
  await row();
  const open = async () => {
    await page.goto(home);
    await row();
  };
  const cold = await timed(open);
  await cache(false);
  await open();
  const warm = await timed(open);
  const change = await timed(() => pageChange(page));
  const told = await timed(() => arrival(page, server));
  return [
    ...figures('an empty answer of the same server, to its end', floor),
    ...figures('to the form that signs in, nothing cached', signIn, 1_500),
    ...figures('to the queues of the dashboard, nothing cached', cold, 1_500),
    ...figures('the same, all of it cached', warm, 500),
    ...figures('from one page to another and its heading', change, 150),
    ...figures('from SubmitJob’s answer to the job on the page', told, 500),
  ];
}

async function enter(page: Page, { credentials }: BenchServer): Promise<void> {
  await page.getByLabel('Access key ID').fill(credentials.accessKeyId);
  await page.getByLabel('Secret access key').fill(credentials.secretAccessKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** There and back: only the way there is what counts, and both are as long. */
async function pageChange(page: Page): Promise<number> {
  await page.getByRole('link', { name: 'Dashboard', exact: true }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  const startedAt = performance.now();
  await page.getByRole('link', { name: 'Job queues', exact: true }).click();
  await page.getByRole('heading', { name: 'Job queues' }).waitFor();
  return performance.now() - startedAt;
}

let jobs = 0;

async function arrival(page: Page, server: BenchServer): Promise<number> {
  jobs += 1;
  if (jobs === 1) {
    await page.goto(`${server.url}/console/jobs?queue=default&status=RUNNABLE`);
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
  }
  // A page reads what has changed at most once a second: one that comes alone is what is measured.
  await sleep(1_200);
  const name = `arrives-${jobs}`;
  await submit(server, 'bench', name);
  const startedAt = performance.now();
  await page.getByRole('link', { name, exact: true }).waitFor();
  return performance.now() - startedAt;
}

/** Of each round its time: what `work` says, or all of it. */
async function timed(work: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const told = await work();
    times.push(typeof told === 'number' ? told : performance.now() - startedAt);
  }
  return times;
}

function figures(name: string, times: readonly number[], atMost?: number): readonly Figure[] {
  const aim = atMost === undefined ? {} : { aim: { atMost } };
  return [
    { name: `${name} (p50)`, value: median(times), unit: 'ms', ...aim },
    { name: `${name}, longest`, value: Math.max(...times), unit: 'ms' },
  ];
}
