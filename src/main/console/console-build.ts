import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Milliseconds } from '../../core/ids.ts';
import { ConsoleFiles } from './console-files.ts';

/** How far the console is. */
export type ConsoleReadiness =
  | { readonly kind: 'ready'; readonly files: ConsoleFiles }
  | { readonly kind: 'building'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

/** The console, however it gets to be there. */
export interface ConsoleBuild {
  ready(): Promise<ConsoleReadiness> | ConsoleReadiness;
}

/** How long a build may take. */
const buildTime: Milliseconds = 120_000;

const run = promisify(execFile);

/** The same place seen from `src` and from `dist`. */
const packageRoot = join(import.meta.dirname, '../../..');

/** That of a package, which ships it; that of a clone, built when it is first asked for and whenever its sources have changed. */
export function openConsoleBuild(root = packageRoot): ConsoleBuild {
  if (existsSync(join(root, 'console/build/build.ts'))) return new OwnBuild(root);
  const files = new ConsoleFiles(join(root, 'dist/console'));
  return { ready: () => ({ kind: 'ready', files }) };
}

/** Of one version of the sources: what was built of others goes. Two servers that build at once do the same work twice. */
class OwnBuild implements ConsoleBuild {
  readonly #root: string;
  #state: ConsoleReadiness | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  ready(): ConsoleReadiness {
    this.#state ??= this.#begin();
    return this.#state;
  }

  #begin(): ConsoleReadiness {
    const folder = join(this.#root, 'dist', `console-${this.#hashOfSources()}`);
    const ready = { kind: 'ready', files: new ConsoleFiles(folder) } as const;
    if (existsSync(folder)) return ready;
    this.#build(folder).then(
      () => {
        this.#state = ready;
      },
      (error: unknown) => {
        this.#state = { kind: 'failed', words: `The console cannot be built: ${wordsOf(error)}` };
      },
    );
    return { kind: 'building', words: 'The console is being built, which takes some seconds.' };
  }

  /** Whole or not at all: it gets its name when it is done. */
  async #build(folder: string): Promise<void> {
    const half = `${folder}.${process.pid}`;
    const program = join(this.#root, 'console/build/build.ts');
    await run(process.execPath, [program, half], { cwd: this.#root, timeout: buildTime });
    const others = globSync('dist/console-*', { cwd: this.#root }).filter((name) => !name.includes('.'));
    if (existsSync(folder)) await rm(half, { recursive: true });
    else await rename(half, folder);
    for (const name of others) {
      if (join(this.#root, name) !== folder) await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  /** Of what the build reads, but the packages: their versions stand in the lock file. */
  #hashOfSources(): string {
    const hash = createHash('sha256');
    const names = globSync(['console/**/*.*', 'src/services/*/bindings.ts'], { cwd: this.#root }).sort();
    for (const name of [...names, 'package-lock.json']) hash.update(name).update(readFileSync(join(this.#root, name)));
    return hash.digest('hex').slice(0, 16);
  }
}

function wordsOf(error: unknown): string {
  const { stderr } = error as { readonly stderr?: string };
  return stderr?.trim() || String(error);
}
