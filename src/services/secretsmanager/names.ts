import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { RandomSource } from '../../core/random.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const suffix = /-[A-Za-z0-9]{6}$/;

/** The ARN that a secret of this name has, less its six random characters. */
export function plainArn(scope: Scope, name: string): string {
  return formatArn('secretsmanager', scope, `secret:${name}`);
}

/** The ARN of a new secret: its name, and six random letters and digits. */
export function newSecretArn(scope: Scope, name: string, random: RandomSource): string {
  const drawn = Array.from({ length: 6 }, () => randomLetter(random));
  return `${plainArn(scope, name)}-${drawn.join('')}`;
}

function randomLetter(random: RandomSource): string {
  for (;;) {
    // 248 is 4 times 62: no letter is likelier than another.
    const byte = random.bytes(1)[0] ?? 255;
    if (byte < 248) return letters.charAt(byte % letters.length);
  }
}

/** Checks the name of a secret that is to be made. */
export function checkSecretName(name: string): void {
  if (/^[A-Za-z0-9/_+=.@!-]+$/.test(name)) return;
  throw new ServiceError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

/** What a `SecretId` may mean: a name; or, of an ARN, the whole one of a secret with this name, or one less its last part. */
export type Reference =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'arn'; readonly arn: string; readonly name: string };

/** The readings of a `SecretId`, the likelier one first; none for an ARN of something else, or of another account or region. */
export function readSecretId(scope: Scope, id: string): readonly Reference[] {
  if (!id.startsWith('arn:')) return [{ kind: 'name', name: id }];
  const arn = parseArn(id);
  if (arn?.service !== 'secretsmanager' || arn.region !== scope.region || arn.account !== scope.account) return [];
  const [, name] = /^secret:(.+)$/s.exec(arn.resource) ?? [];
  if (name === undefined) return [];
  const partial: Reference = { kind: 'name', name };
  return suffix.test(name) ? [{ kind: 'arn', arn: id, name: name.slice(0, -7) }, partial] : [partial];
}
