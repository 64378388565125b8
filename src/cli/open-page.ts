import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', linux: 'xdg-open' };

/**
 * Opens a page in the user's browser; false where there is none to be seen. Its address may sign somebody in, and the words of a
 * command line are everybody's to read: the browser is given a file of the user's own that leads there.
 */
export async function openPage(url: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const opener = openers[process.platform];
  if (opener === undefined || (process.platform === 'linux' && !hasScreen(environment))) return false;
  const file = join(await mkdtemp(join(tmpdir(), 'batchyard-console-')), 'open.html');
  await writeFile(file, pageTo(url), { mode: 0o600 });
  return await isStarted(opener, file);
}

function hasScreen({ DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): boolean {
  return Boolean(DISPLAY || WAYLAND_DISPLAY);
}

/** A page that leads to another at once, and by a link where browsers do not. */
export function pageTo(url: string): string {
  const safe = url.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${safe}"><title>Batchyard</title><a href="${safe}">Batchyard</a>
`;
}

function isStarted(program: string, file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [file], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false)).once('spawn', () => resolve(true));
    child.unref();
  });
}
