import { posix } from 'node:path';
import type { VolumeRecord } from '../../../core/job-specification.ts';
import type { SharedFileSystem } from '../../../engines/index.ts';

/** Directories that stand for file systems of EFS, by the operator's configuration. */
export interface FileSystems {
  /** Absolute path by id, `fs-...`. */
  readonly directories: ReadonlyMap<string, string>;
  /** By id, `fsap-...`. */
  readonly accessPoints: ReadonlyMap<string, AccessPoint>;
}

/** A directory of a file system, for those who come by this way. */
export interface AccessPoint {
  readonly fileSystemId: string;
  /** Absolute within the file system. */
  readonly path: string;
  /** Whose the directory is when it is made. Absent: the user's of the job that comes first. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Of the directory when it is made, as chmod(2) takes it. */
  readonly mode: number;
}

type Efs = NonNullable<VolumeRecord['efs']>;

/** Where the files of an EFS volume are on the host; or in words why there are none. Spec 02 §5.20. */
export function placeOf(
  { fileSystemId, rootDirectory = '/', authorization }: Efs,
  { directories, accessPoints }: FileSystems,
): { readonly source: string; readonly within: SharedFileSystem } | string {
  const root = directories.get(fileSystemId);
  if (root === undefined)
    return `EFS file system ${fileSystemId} is no directory of this host: name one in efs.fileSystems of the server`;
  const id = authorization?.accessPointId;
  if (id === undefined) return { source: below(root, rootDirectory), within: { root } };
  const point = accessPoints.get(id);
  if (point?.fileSystemId !== fileSystemId)
    return `access point ${id} of EFS file system ${fileSystemId} is not in efs.accessPoints of the server`;
  const { path, mode, owner } = point;
  return { source: below(root, path), within: { root, create: { mode, ...(owner ? { owner } : {}) } } };
}

/** `..` at the top of a file system leads nowhere else. */
function below(root: string, path: string): string {
  return posix.join(root, posix.join('/', path));
}

/** What a definition says of a file system and means nothing for a directory, in words for `batchyard explain`. */
export function fileSystemNotes({ name, efs }: VolumeRecord, { accessPoints }: FileSystems): string[] {
  if (!efs) return [];
  const id = efs.authorization?.accessPointId;
  const owner = id === undefined ? undefined : accessPoints.get(id)?.owner;
  return [
    ...(efs.transitEncryption === 'ENABLED'
      ? [`volume ${name}: transitEncryption has no effect on a directory of this host`]
      : []),
    ...(efs.authorization?.iam === 'ENABLED'
      ? [`volume ${name}: IAM authorization has no effect on a directory of this host`]
      : []),
    ...(owner ? [`volume ${name}: new files belong to the user of the job, not to the one of access point ${id}`] : []),
  ];
}
