/** A step of a path: a member, an item, or all of either. */
type Step = { readonly key: string } | { readonly index: number } | 'all';

export type Path = readonly Step[];

/** A path may have so many steps. */
const longest = 64;

/** Reads a path as `$.detail.list[0]`; undefined for any other text: filters, ranges and quoted names are none of EventBridge's. */
export function parsePath(text: string): Path | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  // CDK writes `$.` for the whole event.
  let rest = text === '$.' ? '' : text.slice(1);
  while (rest !== '') {
    const [whole, key, index] = /^(?:\.([^.[\]()?@"'\s]+)|\[(\d{1,6}|\*)\])/.exec(rest) ?? [];
    if (whole === undefined || steps.length === longest) return undefined;
    if (key !== undefined) steps.push(key === '*' ? 'all' : { key });
    else steps.push(index === '*' ? 'all' : { index: Number(index) });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** What a path finds; undefined if nothing is there. With an `all` it is the list of what is there. */
export function valueAt(path: Path, subject: unknown): unknown {
  const at = path.indexOf('all');
  if (at < 0) return path.reduce((value, step) => stepInto(value, step as Exclude<Step, 'all'>), subject);
  const within = valueAt(path.slice(0, at), subject);
  const all = typeof within === 'object' && within !== null ? Object.values(within) : [];
  const found = all.map((each) => valueAt(path.slice(at + 1), each)).filter((each) => each !== undefined);
  return found.length === 0 ? undefined : found;
}

function stepInto(value: unknown, step: Exclude<Step, 'all'>): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('index' in step) return Array.isArray(value) ? value[step.index] : undefined;
  return Object.hasOwn(value, step.key) ? (value as Readonly<Record<string, unknown>>)[step.key] : undefined;
}
