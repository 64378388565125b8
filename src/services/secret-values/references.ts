import { parseArn } from '../../core/arn.ts';
import type { Region } from '../../core/ids.ts';
import { uuidText } from '../../core/random.ts';

/** What a `valueFrom` refers to (spec 03 §5.3, §5.5). */
export type Reference = SecretReference | ParameterReference | MalformedReference;

export interface SecretReference {
  readonly kind: 'secret';
  readonly region: Region;
  /** A name, or an ARN without what selects a part of it. */
  readonly secretId: string;
  /** Absent: the whole text. */
  readonly jsonKey?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

export interface ParameterReference {
  readonly kind: 'parameter';
  readonly region: Region;
  readonly name: string;
}

interface MalformedReference {
  readonly kind: 'malformed';
  readonly region: Region;
  /** In words. */
  readonly problem: string;
}

/** Reads a `valueFrom`. `region` is the job's: of a parameter that is named without an ARN. */
export function readReference(valueFrom: string, region: Region): Reference {
  if (!valueFrom.startsWith('arn:')) return { kind: 'parameter', region, name: valueFrom };
  const arn = parseArn(valueFrom);
  const where = (arn?.region || region) as Region;
  if (arn?.service === 'ssm') return { kind: 'parameter', region: where, name: valueFrom };
  if (arn?.service !== 'secretsmanager') return malformed(valueFrom, region, 'it is no ARN of a secret or parameter');
  const [type, name, ...parts] = arn.resource.split(':');
  if (type !== 'secret' || !name) return malformed(valueFrom, region, 'it is no ARN of a secret');
  const selected = partsOf(parts);
  if (!selected) return { kind: 'malformed', region, problem: wrongParts };
  return { kind: 'secret', region: where, secretId: valueFrom.split(':').slice(0, 7).join(':'), ...selected };
}

/** Reads a `credentialsParameter`: the name or ARN of a secret (spec 03 §6), of which no part can be selected. */
export function readCredentialsReference(parameter: string, region: Region): SecretReference | MalformedReference {
  if (!parameter.startsWith('arn:')) return { kind: 'secret', region, secretId: parameter };
  const arn = parseArn(parameter);
  if (arn?.service !== 'secretsmanager' || !arn.resource.startsWith('secret:')) {
    return malformed(parameter, region, 'it is no ARN of a secret');
  }
  return { kind: 'secret', region: (arn.region || region) as Region, secretId: parameter };
}

/** What AWS says where a colon is missing or too many (users report it of ARNs that end in `:key`, without two colons more). */
const wrongParts = 'unexpected ARN format with parameters when trying to retrieve ASM secret';

/** All three parts must stand there, be they empty, or none. */
function partsOf(parts: readonly string[]) {
  const [jsonKey = '', second = '', third = ''] = parts;
  // The guide prints a reference to a version with two colons; a UUID is no staging label that anybody gives.
  const isVersion = parts.length === 2 && uuidText.test(second);
  if (parts.length !== 0 && parts.length !== 3 && !isVersion) return undefined;
  const [versionStage, versionId] = isVersion ? ['', second] : [second, third];
  return {
    ...(jsonKey !== '' && { jsonKey }),
    ...(versionStage !== '' && { versionStage }),
    ...(versionId !== '' && { versionId }),
  };
}

function malformed(text: string, region: Region, why: string): MalformedReference {
  return { kind: 'malformed', region, problem: `${text} cannot be read: ${why}` };
}
