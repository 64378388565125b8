type Nested = { readonly [name: string]: unknown };

/** The names of all states that the tested one contains. The definition has been parsed before: its shape is known. */
export function statesInside(definition: string, tested: string | undefined): ReadonlySet<string> {
  const root = JSON.parse(definition) as Nested;
  const names = new Set<string>();
  const first = (root.StartAt as string | undefined) ?? '';
  for (const flow of innerFlows(find(root, tested ?? first) ?? root)) collect(flow, names);
  return names;
}

function find(flow: Nested, tested: string): Nested | undefined {
  for (const [name, state] of statesOf(flow)) {
    if (name === tested) return state;
    for (const inner of innerFlows(state)) {
      const found = find(inner, tested);
      if (found) return found;
    }
  }
  return undefined;
}

function collect(flow: Nested, names: Set<string>): void {
  for (const [name, state] of statesOf(flow)) {
    names.add(name);
    for (const inner of innerFlows(state)) collect(inner, names);
  }
}

function statesOf({ States: states = {} }: Nested): [string, Nested][] {
  return Object.entries(states as Record<string, Nested>);
}

function innerFlows({ Branches: branches = [], Iterator: iterator, ItemProcessor: processor }: Nested): Nested[] {
  return [...(branches as Nested[]), ...([iterator, processor].filter((flow) => flow !== undefined) as Nested[])];
}
