import { parseArn } from '../../core/arn.ts';
import type { Region } from '../../core/ids.ts';
import { uuidText } from '../../core/random.ts';

/** What a `valueFrom` refers to (spec 03 §5.3, §5.5). */
export type Reference =
  | {
      readonly kind: 'secret';
      readonly region: Region;
      /** An ARN without what selects a part of it. */
      readonly secretId: string;
      /** Absent: the whole text. */
      readonly jsonKey?: string;
      readonly versionStage?: string;
      readonly versionId?: string;
    }
  | { readonly kind: 'parameter'; readonly region: Region; readonly name: string }
  /** In words. */
  | { readonly kind: 'malformed'; readonly problem: string };

/** Reads a `valueFrom`. `region` is the job's: of a parameter that is named without an ARN. */
export function readReference(valueFrom: string, region: Region): Reference {
  if (!valueFrom.startsWith('arn:')) return { kind: 'parameter', region, name: valueFrom };
  const arn = parseArn(valueFrom);
  if (arn?.service === 'ssm') return { kind: 'parameter', region: arn.region as Region, name: valueFrom };
  if (arn?.service !== 'secretsmanager') return malformed(valueFrom, 'it is no ARN of a secret or parameter');
  const [type, name, ...parts] = arn.resource.split(':');
  if (type !== 'secret' || !name) return malformed(valueFrom, 'it is no ARN of a secret');
  const secretId = valueFrom.split(':').slice(0, 7).join(':');
  if (parts.length > 3) return malformed(valueFrom, 'it has more parts than json-key:version-stage:version-id');
  return { kind: 'secret', region: arn.region as Region, secretId, ...partsOf(parts) } satisfies Reference;
}

function partsOf(parts: readonly string[]) {
  const [jsonKey = '', stage = '', id = ''] = parts;
  // The guide prints a reference to a version with two colons; a UUID is no staging label that anybody gives.
  const isVersion = parts.length === 2 && uuidText.test(stage);
  const [versionStage, versionId] = isVersion ? ['', stage] : [stage, id];
  return {
    ...(jsonKey !== '' && { jsonKey }),
    ...(versionStage !== '' && { versionStage }),
    ...(versionId !== '' && { versionId }),
  };
}

function malformed(valueFrom: string, why: string): Reference {
  return { kind: 'malformed', problem: `${valueFrom} cannot be read: ${why}` };
}
