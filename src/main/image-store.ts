import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import { type ImageStore, openImageStore } from '../images/index.ts';
import { readRegistries } from './check-files.ts';
import type { CompiledOptions } from './compiled-options.ts';

export interface ImageStoreParts {
  readonly options: CompiledOptions;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/** Opens the images of process jobs. Their files belong to the user that jobs run as. */
export function openImages({ options, dataDirectory, clock, random, logger }: ImageStoreParts): Promise<ImageStore> {
  const { images, engine, diskReserveBytes: reserveBytes } = options;
  return openImageStore({
    directory: join(dataDirectory, 'images'),
    clock,
    random,
    warn: (words) => logger.warn({}, words),
    ...(engine.jobUser === 'caller' ? {} : { owner: engine.jobUser }),
    registries: readRegistries(images),
    archivesIn: engine.hostPaths.map((path) => realpathSync(path)),
    rewrite: Object.fromEntries(images.rewrite),
    capBytes: images.diskBytes,
    reserveBytes,
  });
}
