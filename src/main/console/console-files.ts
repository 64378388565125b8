import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One file of the built console, as it is sent. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly body: Buffer;
  readonly encoding?: 'br' | 'gzip';
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Names that a build writes, below the console's folder: what else is asked for is not looked for on the disk. */
const safeName = /^(?:assets\/)?[\w-][\w.-]*$/;

const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

/** The files of the built console. They do not change while the server runs: each is read once. */
export class ConsoleFiles {
  readonly #folder: string;
  readonly #read = new Map<string, Promise<Buffer | undefined>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined if there is none of that name. `accepted` is the request's Accept-Encoding. */
  async find(name: string, accepted: string): Promise<ConsoleFile | undefined> {
    const contentType = contentTypes[extname(name)];
    if (contentType === undefined || !safeName.test(name)) return undefined;
    for (const { name: encoding, ending } of encodings) {
      if (!accepts(accepted, encoding)) continue;
      const body = await this.#contentOf(name + ending);
      if (body) return { contentType, body, encoding };
    }
    const body = await this.#contentOf(name);
    return body && { contentType, body };
  }

  #contentOf(name: string): Promise<Buffer | undefined> {
    const known = this.#read.get(name);
    if (known) return known;
    const reading = readFile(join(this.#folder, name)).catch((error: NodeJS.ErrnoException) => {
      this.#read.delete(name);
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    this.#read.set(name, reading);
    return reading;
  }
}

function accepts(accepted: string, encoding: string): boolean {
  return accepted.split(',').some((entry) => {
    const [name, ...parameters] = entry.split(';').map((part) => part.trim());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
