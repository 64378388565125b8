import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { jsonOf } from '../../../core/json-of.ts';
import type { RegistryCredentials } from '../../contract.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { DaemonRefusal, isRefusal } from '../daemon/daemon-errors.ts';
import { dockerLimits } from '../docker-limits.ts';
import { type ImageName, parseImageName, registryOf, rewriteImage } from './image-names.ts';

/** When an image is fetched: if it is not there, before each attempt, or never. */
export type PullPolicy = 'missing' | 'always' | 'never';

export interface ImagePullsOptions {
  readonly daemon: Pick<Daemon, 'json' | 'stream'>;
  readonly clock: Clock;
  readonly policy: PullPolicy;
  /** Mirrors, by prefix of names. */
  readonly rewrites: ReadonlyMap<string, string>;
}

const progress = z.object({ error: z.string().nullish(), errorDetail: z.object({ message: z.string() }).nullish() });

/** Sees to it that images are where containers are made of them. Those who want the same share one pull. */
export class ImagePulls {
  readonly #options: ImagePullsOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ImagePullsOptions) {
    this.#options = options;
  }

  /** The name to make a container of. */
  nameOf(image: string): string {
    return parseImageName(rewriteImage(image, this.#options.rewrites)).whole;
  }

  /** Resolves once the image is there. Rejects with `CannotStart` in AWS's words, or as `Daemon` does. */
  async ensure(image: string, credentials: RegistryCredentials | undefined): Promise<void> {
    const { policy } = this.#options;
    const name = parseImageName(this.nameOf(image));
    if (policy !== 'always' && (await this.#isThere(name))) return;
    if (policy === 'never') throw cannotPull(`image ${name.whole} is not on this machine, and none is pulled here`);
    // They are for the registry that the image names, and no mirror's to see.
    const isItsOwn = registryOf(name.repository) === registryOf(parseImageName(image).repository);
    await this.#pullOnce(name, isItsOwn ? credentials : undefined);
  }

  async #isThere({ whole }: ImageName): Promise<boolean> {
    try {
      await this.#options.daemon.json({ method: 'GET', path: `/images/${encodeURI(whole)}/json` });
      return true;
    } catch (error) {
      if (isRefusal(error, 404)) return false;
      // A name that is none.
      if (error instanceof DaemonRefusal) throw cannotPull(error.message);
      throw error;
    }
  }

  #pullOnce(name: ImageName, credentials: RegistryCredentials | undefined): Promise<void> {
    const key = JSON.stringify([name.whole, credentials]);
    const running = this.#running.get(key);
    if (running) return running;
    const pull = this.#pull(name, credentials).finally(() => this.#running.delete(key));
    this.#running.set(key, pull);
    return pull;
  }

  async #pull({ repository, version }: ImageName, credentials: RegistryCredentials | undefined): Promise<void> {
    const silence = this.#silence();
    try {
      const answer = await this.#options.daemon.stream({
        method: 'POST',
        path: '/images/create',
        query: { fromImage: repository, tag: version },
        headers: credentials ? { 'x-registry-auth': loginOf(credentials, registryOf(repository)) } : {},
        within: dockerLimits.pullSilenceMs,
        signal: silence.signal,
      });
      let rest = '';
      for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
        silence.heard();
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) throwIfFailed(line);
      }
      throwIfFailed(rest);
    } catch (error) {
      if (error instanceof DaemonRefusal) throw cannotPull(error.message);
      if (silence.signal.aborted)
        throw cannotPull(`nothing was heard of the pull for ${dockerLimits.pullSilenceMs / 1000} s`);
      throw error;
    } finally {
      silence.end();
    }
  }

  /** Gives a pull up of which nothing is heard any more. */
  #silence() {
    const { clock } = this.#options;
    const ending = new AbortController();
    const arm = () => clock.after(dockerLimits.pullSilenceMs, () => ending.abort());
    let cancel = arm();
    const heard = () => {
      cancel();
      cancel = arm();
    };
    return { signal: ending.signal, heard, end: () => cancel() };
  }
}

/** The daemon answers 200 before it knows how a pull ends, and says so in a line of its own. */
function throwIfFailed(line: string): void {
  const { error, errorDetail } = progress.safeParse(jsonOf(line)).data ?? {};
  const message = errorDetail?.message ?? error;
  if (message) throw cannotPull(message);
}

function loginOf({ username, password }: RegistryCredentials, serveraddress: string): string {
  return Buffer.from(JSON.stringify({ username, password, serveraddress })).toString('base64url');
}

/** AWS's words. */
function cannotPull(message: string): CannotStart {
  return new CannotStart(`CannotPullContainerError: Error response from daemon: ${message}`);
}
