/** What a registry wants to see of who asks. */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Characters of the header that are looked at. Real ones have some hundred, and what is no parameter takes time by its square. */
const longest = 2_048;
const scheme = /(?:^|,)\s*(basic|bearer)(?=\s|$)/gi;
const parameter = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads `WWW-Authenticate` (RFC 9110, 11.6.1). A token is preferred to a password. Undefined where it offers neither. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const offered = splitSchemes((header ?? '').slice(0, longest));
  const bearer = offered.find(({ name }) => name === 'bearer');
  const { realm, service, scope } = bearer ? parametersOf(bearer.rest) : {};
  if (realm !== undefined)
    return {
      kind: 'bearer',
      realm,
      ...(service !== undefined && { service }),
      ...(scope !== undefined && { scope }),
    };
  return offered.some(({ name }) => name === 'basic') ? { kind: 'basic' } : undefined;
}

function splitSchemes(header: string): { name: string; rest: string }[] {
  const starts = [...header.matchAll(scheme)];
  return starts.map((start, index) => ({
    name: (start[1] ?? '').toLowerCase(),
    rest: header.slice(start.index + start[0].length, starts[index + 1]?.index),
  }));
}

function parametersOf(text: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(parameter)].map(([, name = '', quoted, plain]) => [
      name.toLowerCase(),
      quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'),
    ]),
  );
}
