/** What a key, or two after another, does. */
export const shortcuts = {
  '?': 'help',
  '/': 'search',
  'g d': 'to:/',
  'g j': 'to:/jobs',
  'g q': 'to:/queues',
  'g e': 'to:/environments',
  'g s': 'to:/states',
  'g u': 'to:/usage',
  'g i': 'to:/iam',
  'g a': 'to:/audit',
  n: 'to:/submit',
  f: 'filter',
  j: 'next-row',
  k: 'previous-row',
  x: 'select-row',
  c: 'copy-line',
  r: 'read-again',
  t: 'theme',
} as const;

type Keys = keyof typeof shortcuts;
export type Deed = (typeof shortcuts)[Keys];

/** What is typed so far of a shortcut of two keys. */
export interface Typed {
  readonly before?: string;
}

export interface Stroke {
  readonly key: string;
  /** With Ctrl, Alt or Meta: the browser's, or the system's. */
  readonly modified: boolean;
  /** Where it is text that one types. */
  readonly inField: boolean;
}

/** What a stroke does, and what it may be the first half of. Single keys do nothing where they are switched off, but for help. */
export function strike(
  { before }: Typed,
  { key, modified, inField }: Stroke,
  singleKeys: boolean,
): { readonly deed?: Deed; readonly typed: Typed } {
  if (modified || inField) return { typed: {} };
  const keys = before === undefined ? key : `${before} ${key}`;
  if (!singleKeys && keys !== '?') return { typed: {} };
  if (isShortcut(keys)) return { deed: shortcuts[keys], typed: {} };
  const begins = Object.keys(shortcuts).some((each) => each.startsWith(`${key} `));
  return { typed: before === undefined && begins ? { before: key } : {} };
}

function isShortcut(keys: string): keys is Keys {
  return Object.hasOwn(shortcuts, keys);
}
