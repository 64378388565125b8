import type { SdkOperation } from './sdk-operations.ts';

/** What this version does with a field. Tests are named by their whole title. */
export type Claim = (
  | /** It has its effect; the test of this name proves it. */ { readonly supported: string }
  /** It is checked, kept and read back, and has no effect; the test of this name proves that. */
  | { readonly stored: string }
  /** It is checked, kept and read back, and a job that has it fails to start with these words, as the test proves. */
  | { readonly failsAtStart: string; readonly test: string }
  /** A request with it is refused with this error, `Code: message`, where `…` stands for whatever was given. */
  | { readonly refused: string }
  /** It is accepted and has no effect, and this is why. */
  | { readonly ignored: string }
) & {
  /** What holds for some of its values only. */
  readonly but?: string;
};

/**
 * The claims of an operation by field path. A claim covers everything below its path too, unless a longer path says
 * otherwise; `*` covers the rest. An operation that is not built has the string `unbuilt`.
 */
export type OperationClaims = 'unbuilt' | { readonly [path: string]: Claim };

/** The claims of a service. `Names` is the SDK's list, so that a missing operation is a type error. */
export type ServiceClaims<Names extends string> = { readonly [Name in Names]: OperationClaims };

/** The claim for a field: that of the longest claimed path that covers it. Throws if none does. */
export function claimFor(claims: Exclude<OperationClaims, 'unbuilt'>, operation: string, field: string): Claim {
  const paths = Object.keys(claims).filter((path) => path === '*' || covers(path, field));
  const longest = paths.toSorted((a, b) => b.length - a.length)[0];
  const claim = longest === undefined ? undefined : claims[longest];
  if (!claim) throw new Error(`coverage: nothing is claimed for ${operation}.${field}`);
  return claim;
}

/** Paths that claim something for a field that the SDK does not have. */
export function needlessClaims(claims: OperationClaims, operation: SdkOperation): readonly string[] {
  if (claims === 'unbuilt') return [];
  return Object.keys(claims).filter((path) => path !== '*' && !operation.fields.includes(path));
}

/** Every field of an operation whose claim is of one kind, with that claim. */
export function fieldsClaimed<Kind extends 'supported' | 'stored' | 'failsAtStart' | 'refused' | 'ignored'>(
  kind: Kind,
  claims: OperationClaims,
  { name, fields }: SdkOperation,
): readonly { readonly field: string; readonly claim: Extract<Claim, { readonly [Key in Kind]: string }> }[] {
  if (claims === 'unbuilt') return [];
  return fields.flatMap((field) => {
    const claim = claimFor(claims, name, field);
    return kind in claim ? [{ field, claim: claim as Extract<Claim, { readonly [Key in Kind]: string }> }] : [];
  });
}

/** Every test that some claim names. */
export function namedTests(services: readonly { readonly claims: ServiceClaims<string> }[]): ReadonlySet<string> {
  const operations = services.flatMap(({ claims }) => Object.values(claims));
  const claims = operations.flatMap((claims) => (claims === 'unbuilt' ? [] : Object.values(claims)));
  return new Set(claims.flatMap(testOf));
}

function testOf(claim: Claim): readonly string[] {
  if ('supported' in claim) return [claim.supported];
  if ('stored' in claim) return [claim.stored];
  return 'failsAtStart' in claim ? [claim.test] : [];
}

/** Whether a field is that of the path, or below it. */
export function covers(path: string, field: string): boolean {
  return field === path || (field.startsWith(path) && /^[.[{]/.test(field.slice(path.length)));
}
