import type { Answer, PageRequest } from '../../gateway/index.ts';
import type { ConsoleBuild } from './console-build.ts';
import type { ConsoleFile } from './console-files.ts';

const consolePath = '/console';

/**
 * Everything from this server, nothing inline, nothing framed, no script from a text: what a page shows of users' words can
 * never run.
 */
const policy = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes a script, not even by a mistake of ours: only addresses of the console's own workers do, by one policy.
  "require-trusted-types-for 'script'",
  'trusted-types console',
].join('; ');

const always = ['content-security-policy', policy, 'referrer-policy', 'no-referrer', 'x-frame-options', 'DENY'];

/** Whether a path is the console's. */
export function isConsolePath(path: string): boolean {
  return path === consolePath || path.startsWith(`${consolePath}/`);
}

/** Answers requests for the console; undefined for others. No signature is asked: there is no data in its files. */
export function consolePages(build: ConsoleBuild): (request: PageRequest) => Promise<Answer> | undefined {
  return ({ method, path, headers }) => {
    if (method !== 'GET' || !isConsolePath(path)) return undefined;
    const name = path.slice(consolePath.length + 1);
    return answer(build, name, headers['accept-encoding'] ?? '');
  };
}

/** What is no file of the build is a page of the console's own, which shows it by itself: names of things have dots too. */
async function answer(build: ConsoleBuild, name: string, accepted: string): Promise<Answer> {
  const ready = await build.ready();
  if (ready.kind === 'building') return inWords(200, ready.words, ['refresh', '2']);
  if (ready.kind === 'failed') return inWords(503, ready.words);
  const isPage = !name.includes('.') || (name.includes('/') && !name.startsWith('assets/'));
  const file = await ready.files.find(isPage ? 'index.html' : name, accepted);
  if (!file) return inWords(404, `The console has no file ${name}.`);
  return sent(file, name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function sent({ contentType, body, encoding }: ConsoleFile, caching: string): Answer {
  const headers = [...always, 'cache-control', caching, 'vary', 'accept-encoding'];
  if (encoding) headers.push('content-encoding', encoding);
  return { status: 200, contentType, body, headers };
}

function inWords(status: number, words: string, more: readonly string[] = []): Answer {
  const headers = [...always, 'cache-control', 'no-store', ...more];
  return { status, contentType: 'text/plain; charset=utf-8', body: `${words}\n`, headers };
}
