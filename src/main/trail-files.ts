import type { Clock } from '../core/clock.ts';
import { directoryStore, type FileStore, s3Store } from '../services/cloudtrail/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { type DataDirectory, trailDirectoryOf } from './data-directory.ts';

interface TrailFilesParts extends Pick<CompiledOptions, 'trails' | 's3'> {
  /** Of `s3.secretAccessKeyFile`. */
  readonly s3Secret: string | undefined;
  readonly directory: DataDirectory;
  readonly clock: Clock;
}

/** Where the options say that trails deliver to. */
export function trailFiles({ trails, s3, s3Secret, directory, clock }: TrailFilesParts): FileStore {
  const { endpoint, accessKeyId } = s3;
  if (trails.to === 'directory' || endpoint === undefined || accessKeyId === undefined || s3Secret === undefined)
    return directoryStore(trails.directory ?? trailDirectoryOf(directory));
  const credentials = { accessKeyId, secretAccessKey: s3Secret };
  return s3Store({ endpoint, region: trails.region, credentials, clock });
}
