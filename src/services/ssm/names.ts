import { formatArn, parseArn, partitionOf, type Scope } from '../../core/arn.ts';
import { quotas } from './limits.ts';
import { invalidName, invalidPath, reservedName, tooDeep } from './refusals.ts';

const segments = /^\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;

/** AWS's own parameters are below it: nobody puts any there, and their ARNs name no account. */
const reserved = '/aws/';

export function isReserved(name: string): boolean {
  return name.startsWith(reserved);
}

/** A name as it is meant: AWS takes spaces off its ends. */
export function trimmedName(name: string): string {
  return name.trim();
}

/** Checks the name of a parameter that is to be made. */
export function checkNewName(scope: Scope, name: string): void {
  if (isReserved(name)) throw reservedName(name);
  if (!segments.test(name)) throw invalidName();
  const levels = levelsOf(name);
  const [first = ''] = levels;
  if (/^(aws|ssm)/i.test(first)) {
    if (/^aws/i.test(first) && name.startsWith('/')) throw reservedName(name);
    throw invalidName();
  }
  // A hierarchy begins with a slash.
  if (levels.length > 1 && !name.startsWith('/')) throw invalidPath();
  if (levels.length > quotas.levels) throw tooDeep();
  if (parameterArn(scope, name).length > quotas.nameCharacters) throw invalidName();
}

/** Checks a name that is asked for. */
export function checkName(name: string): void {
  if (!segments.test(name)) throw invalidName();
}

/** A path to list below, with a slash at its end. Throws for one that can be none. */
export function readPath(path: string): string {
  if (path === '/') return path;
  if (!path.startsWith('/') || !segments.test(path.replace(/\/$/, ''))) throw invalidPath();
  return path.endsWith('/') ? path : `${path}/`;
}

function levelsOf(name: string): readonly string[] {
  return name.replace(/^\//, '').split('/');
}

/** The path right above a parameter, with a slash at its end. One without any slash is below the root. */
export function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1) || '/';
}

/** Of a parameter of ours, or of one of AWS's. */
export function parameterArn(scope: Scope, name: string): string {
  const resource = `parameter/${name.replace(/^\//, '')}`;
  if (!isReserved(name) || name.startsWith('/aws/reference/')) return formatArn('ssm', scope, resource);
  return `arn:${partitionOf(scope.region)}:ssm:${scope.region}::${resource}`;
}

/** What a request's name says: a name, or two where an ARN does not tell whether it begins with a slash; and a version or label. */
export interface Selection {
  readonly names: readonly string[];
  readonly selector?: string;
}

/** Reads `name`, `name:version`, `name:label` or an ARN with any of these. Undefined for the ARN of something else. */
export function readSelection(scope: Scope, given: string): Selection | undefined {
  const text = trimmedName(given);
  if (!text.startsWith('arn:')) return selectionOf(text, (name) => [name]);
  const arn = parseArn(text);
  const isOfAws = arn?.account === '' && arn.resource.startsWith('parameter/aws/');
  if (arn?.service !== 'ssm' || arn.region !== scope.region) return undefined;
  if (arn.account !== scope.account && !isOfAws) return undefined;
  const [, path] = /^parameter\/(.+)$/s.exec(arn.resource) ?? [];
  if (path === undefined) return undefined;
  return selectionOf(path, (name) => (name.includes('/') ? [`/${name}`] : [name, `/${name}`]));
}

function selectionOf(text: string, namesOf: (name: string) => readonly string[]): Selection {
  const at = text.indexOf(':');
  if (at < 0) return { names: namesOf(text) };
  return { names: namesOf(text.slice(0, at)), selector: text.slice(at + 1) };
}
