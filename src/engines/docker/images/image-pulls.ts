import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import type { ResolvedImage } from '../../../core/job.ts';
import type { RegistryCredentials } from '../../contract.ts';
import { preparationWords } from '../../preparation-words.ts';
import { CannotStart, cannotStartContainer } from '../cannot-start.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { DaemonGone, DaemonRefusal, isRefusal } from '../daemon/daemon-errors.ts';
import { dockerLimits } from '../docker-limits.ts';
import {
  type ImageName,
  isSameRepository,
  parseImageName,
  refuseDiskImage,
  refuseToPullHost,
  registryOf,
  rewriteImage,
} from './image-names.ts';
import { DaemonPullProgress } from './pull-progress.ts';

/** When an image is fetched: if it is not there, before each attempt, or never. */
export type PullPolicy = 'missing' | 'always' | 'never';

export interface ImagePullsOptions {
  readonly daemon: Pick<Daemon, 'json' | 'stream'>;
  readonly clock: Clock;
  readonly policy: PullPolicy;
  /** Mirrors, by prefix of names. */
  readonly rewrites: ReadonlyMap<string, string>;
  /** The operator's own, by registry, for pulls that bring none. */
  readonly logins: ReadonlyMap<string, RegistryCredentials>;
}

/** What a container asks for. */
export interface WantedImage {
  readonly image: string;
  readonly registryCredentials?: RegistryCredentials | undefined;
}

const inspected = z.object({
  Id: z.string().nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  /** Counted, and not looked at one by one. */
  Config: z.object({ Volumes: z.custom<object>((each) => typeof each === 'object').nullish() }).nullish(),
});

interface Login extends RegistryCredentials {
  /** That it is for. */
  readonly registry: string;
}

interface RunningPull {
  readonly progress: DaemonPullProgress;
  readonly done: Promise<void>;
}

/** Sees to it that images are where containers are made of them. Those who want the same share one pull. */
export class ImagePulls {
  readonly #options: ImagePullsOptions;
  readonly #running = new Map<string, RunningPull>();

  constructor(options: ImagePullsOptions) {
    this.#options = options;
  }

  /** The name to make a container of. */
  nameOf(image: string): string {
    return this.#nameOf(image).whole;
  }

  /**
   * Resolves once the image is there, with what its name stands for, if the daemon says so; or at once, when `isWanted` says no
   * before a pull has begun. Rejects with `CannotStart` in AWS's words, or as `Daemon` does.
   */
  async ensure(wanted: WantedImage, isWanted = () => true): Promise<ResolvedImage | undefined> {
    const { policy } = this.#options;
    refuseDiskImage(wanted.image);
    const name = this.#nameOf(wanted.image);
    const found = policy === 'always' ? undefined : await this.#find(name);
    if (found) return resolved(found, name);
    refuseToPullHost(wanted.image);
    if (policy === 'never') throw cannotPull(`image ${name.whole} is not on this machine, and none is pulled here`);
    if (!isWanted()) return undefined;
    await this.#pullOnce(name, this.#loginFor(wanted)).done;
    const pulled = await this.#find(name);
    return pulled && resolved(pulled, name);
  }

  /** How far the pull of an image is, in words; undefined if there is none. */
  preparation(wanted: WantedImage): string | undefined {
    const pull = this.#running.get(keyOf(this.#nameOf(wanted.image), this.#loginFor(wanted)));
    return pull && preparationWords(wanted.image, pull.progress.now);
  }

  #nameOf(image: string): ImageName {
    return parseImageName(rewriteImage(image, this.#options.rewrites));
  }

  /** What a job brings is for the registry that it names, and not for a mirror that the operator has put in its place. */
  #loginFor({ image, registryCredentials }: WantedImage): Login | undefined {
    const [named, asked] = [parseImageName(image), this.#nameOf(image)].map(({ repository }) => registryOf(repository));
    if (asked === undefined) return undefined;
    const login = (named === asked ? registryCredentials : undefined) ?? this.#options.logins.get(asked);
    return login && { ...login, registry: asked };
  }

  async #find({ whole, repository }: ImageName): Promise<z.infer<typeof inspected> | undefined> {
    if (!isOnePath(repository)) throw cannotPull('invalid reference format');
    try {
      const answer = await this.#options.daemon.json({ method: 'GET', path: `/images/${encodeURI(whole)}/json` });
      return bounded(inspected.parse(answer), whole);
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      // A name that is none.
      if (error instanceof DaemonRefusal) throw cannotPull(error.message);
      throw error;
    }
  }

  #pullOnce(name: ImageName, login: Login | undefined): RunningPull {
    const key = keyOf(name, login);
    const running = this.#running.get(key);
    if (running) return running;
    const progress = new DaemonPullProgress();
    const done = this.#pull(name, login, progress).finally(() => this.#running.delete(key));
    const pull = { progress, done };
    this.#running.set(key, pull);
    return pull;
  }

  async #pull(
    { repository, version }: ImageName,
    login: Login | undefined,
    progress: DaemonPullProgress,
  ): Promise<void> {
    const patience = this.#patience();
    try {
      const answer = await this.#options.daemon.stream({
        method: 'POST',
        path: '/images/create',
        query: { fromImage: repository, tag: version },
        headers: login ? { 'x-registry-auth': headerOf(login) } : {},
        within: dockerLimits.pullSilenceMs,
        signal: patience.signal,
      });
      await this.#read(answer.setEncoding('utf8') as AsyncIterable<string>, progress, patience.heard);
    } catch (error) {
      if (error instanceof DaemonRefusal) throw cannotPull(error.message);
      if (patience.signal.aborted) throw patience.signal.reason;
      throw error;
    } finally {
      patience.end();
    }
  }

  /** The daemon answers 200 before it knows how a pull ends, and says so in a line of its own. */
  async #read(answer: AsyncIterable<string>, progress: DaemonPullProgress, heard: () => void): Promise<void> {
    const take = (line: string) => {
      const failure = progress.take(line);
      if (failure !== undefined) throw cannotPull(failure);
    };
    let rest = '';
    try {
      for await (const chunk of answer) {
        heard();
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(take);
      }
      take(rest);
    } catch (error) {
      if (error instanceof CannotStart) throw error;
      throw new DaemonGone('a pull broke off', { cause: error });
    }
  }

  /** Gives a pull up of which nothing is heard any more, or which takes too long. */
  #patience() {
    const { clock } = this.#options;
    const { pullMs, pullSilenceMs } = dockerLimits;
    const ending = new AbortController();
    const cancelWhole = clock.after(pullMs, () => ending.abort(pulledTooLong));
    const arm = () => clock.after(pullSilenceMs, () => ending.abort(pulledInSilence));
    let cancel = arm();
    const heard = () => {
      cancel();
      cancel = arm();
    };
    const end = () => {
      cancel();
      cancelWhole();
    };
    return { signal: ending.signal, heard, end };
  }
}

/** Whether it stays where it is put in a path. Of `../info` a daemon is asked another thing, and sends whoever asks elsewhere. */
function isOnePath(repository: string): boolean {
  return repository.split('/').every((part) => !/^\.{0,2}$/.test(part));
}

function keyOf({ whole }: ImageName, login: Login | undefined): string {
  return JSON.stringify([whole, login?.username, login?.password]);
}

/** The daemon makes a directory for each volume of an image, at each container of it, however many those are. */
function bounded(found: z.infer<typeof inspected>, whole: string): z.infer<typeof inspected> {
  const count = Object.keys(found.Config?.Volumes ?? {}).length;
  const { imageVolumes: most } = dockerLimits;
  if (count <= most) return found;
  throw cannotStartContainer(`image ${whole} has ${count} volumes of its own (VOLUME), and may have ${most} here`);
}

/** An image that came from no registry has no digest there: it goes by its id. */
function resolved({ Id: id, RepoDigests }: z.infer<typeof inspected>, { repository }: ImageName) {
  if (!id) return undefined;
  const digests = (RepoDigests ?? []).map((each) => each.split('@') as [string, string?]);
  const own = digests.find(([name]) => isSameRepository(name, repository));
  const prefixed = id.includes(':') ? id : `sha256:${id}`;
  return { digest: own?.[1] ?? prefixed, id: prefixed };
}

/** Daemons want the padding that Node's `base64url` leaves out: without it Docker takes the header for none. */
function headerOf({ username, password, registry }: Login): string {
  const login = Buffer.from(JSON.stringify({ username, password, serveraddress: registry }));
  return login.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** AWS's words. */
function cannotPull(message: string): CannotStart {
  return new CannotStart(`CannotPullContainerError: Error response from daemon: ${message}`);
}

/** AWS's words. */
const pulledTooLong = new CannotStart(
  `DockerTimeoutError: Could not transition to pulled; timed out after waiting ${dockerLimits.pullMs / 3_600_000}h0m0s`,
);

const pulledInSilence = cannotPull(`nothing was heard of the pull for ${dockerLimits.pullSilenceMs / 1000} s`);
