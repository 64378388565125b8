/** A file system in memory that knows OCI's rules for layers, written for clearness alone: what the real one is compared with. */
export type NaiveEntry =
  | { readonly kind: 'file'; readonly path: readonly string[]; readonly text: string }
  | { readonly kind: 'directory'; readonly path: readonly string[] }
  | { readonly kind: 'symlink'; readonly path: readonly string[]; readonly target: string }
  | { readonly kind: 'hard link'; readonly path: readonly string[]; readonly target: readonly string[] }
  | { readonly kind: 'whiteout'; readonly path: readonly string[] }
  | { readonly kind: 'opaque'; readonly path: readonly string[] };

/** Images do not hold that. */
export class NotAllowed extends Error {}

interface Directory {
  readonly kind: 'directory';
  readonly parent: Directory | undefined;
  readonly names: Map<string, Name>;
}

type Thing =
  | Directory
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'symlink'; readonly target: string };

/** A name, and the layer that brought it last. */
interface Name {
  readonly thing: Thing;
  layer: number;
}

export class NaiveTree {
  readonly #root: Directory = { kind: 'directory', parent: undefined, names: new Map() };
  #layer = 0;

  nextLayer(): void {
    this.#layer += 1;
  }

  /** Throws `NotAllowed`, and then may have made directories on the way. */
  add(entry: NaiveEntry): void {
    switch (entry.kind) {
      case 'file':
        this.#put(entry.path, { kind: 'file', text: entry.text });
        break;
      case 'symlink':
        this.#put(entry.path, { kind: 'symlink', target: entry.target });
        break;
      case 'hard link':
        this.#link(entry.path, entry.target);
        break;
      case 'directory':
        this.#directory(entry.path);
        break;
      case 'whiteout':
        this.#whiteout(entry.path);
        break;
      case 'opaque':
        this.#removeLower(this.#walk(this.#root, entry.path, false));
        break;
      default:
        entry satisfies never;
    }
  }

  /** By path: `/`, a file's text, `-> target`. */
  contents(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    const list = (directory: Directory, prefix: string) => {
      for (const name of [...directory.names.keys()].toSorted()) {
        const thing = directory.names.get(name)?.thing;
        if (thing?.kind === 'symlink') found[prefix + name] = `-> ${thing.target}`;
        if (thing?.kind === 'file') found[prefix + name] = thing.text;
        if (thing?.kind !== 'directory') continue;
        found[prefix + name] = '/';
        list(thing, `${prefix}${name}/`);
      }
    };
    list(this.#root, '');
    return found;
  }

  /** Names of one file or link, where there are several. */
  shared(): readonly (readonly string[])[] {
    const byThing = new Map<Thing, string[]>();
    const list = (directory: Directory, prefix: string) => {
      for (const [name, { thing }] of directory.names) {
        if (thing.kind === 'directory') list(thing, `${prefix}${name}/`);
        else byThing.set(thing, [...(byThing.get(thing) ?? []), prefix + name]);
      }
    };
    list(this.#root, '');
    return [...byThing.values()].filter((names) => names.length > 1).map((names) => names.toSorted());
  }

  #put(path: readonly string[], thing: Thing): void {
    const [parent, name] = this.#place(path, true);
    parent.names.set(name, { thing, layer: this.#layer });
  }

  #directory(path: readonly string[]): void {
    const [parent, name] = this.#place(path, true);
    const there = parent.names.get(name);
    if (there?.thing.kind === 'directory') there.layer = this.#layer;
    else parent.names.set(name, { thing: { kind: 'directory', parent, names: new Map() }, layer: this.#layer });
  }

  #link(path: readonly string[], target: readonly string[]): void {
    const [parent, name] = this.#place(path, true);
    const [from, old] = this.#place(target, false) ?? [];
    const found = from?.names.get(old ?? '');
    if (!found || found.thing.kind === 'directory') throw new NotAllowed('no file to link to');
    const replaced = parent.names.get(name);
    if (replaced?.thing.kind === 'directory' && holds(replaced.thing, from))
      throw new NotAllowed('it replaces its target');
    parent.names.set(name, { thing: found.thing, layer: this.#layer });
  }

  #whiteout(path: readonly string[]): void {
    const [parent, name] = this.#place(path, false) ?? [];
    const found = parent?.names.get(name ?? '');
    if (!parent || !found || name === undefined) return;
    if (found.thing.kind === 'directory') this.#removeLower(found.thing);
    if (found.layer === this.#layer || (found.thing.kind === 'directory' && found.thing.names.size > 0)) return;
    parent.names.delete(name);
  }

  #removeLower(directory: Directory | undefined): void {
    for (const [name, { thing, layer }] of [...(directory?.names ?? [])]) {
      if (thing.kind === 'directory') this.#removeLower(thing);
      if (layer === this.#layer || (thing.kind === 'directory' && thing.names.size > 0)) continue;
      directory?.names.delete(name);
    }
  }

  #place(path: readonly string[], make: true): readonly [Directory, string];
  #place(path: readonly string[], make: boolean): readonly [Directory, string] | undefined;
  #place(path: readonly string[], make: boolean): readonly [Directory, string] | undefined {
    const parent = this.#walk(this.#root, path.slice(0, -1), make);
    return parent && [parent, path.at(-1) ?? ''];
  }

  #walk(from: Directory, path: readonly string[], make: boolean, budget = { links: 40 }): Directory | undefined {
    let at: Directory | undefined = from;
    for (const part of path) {
      if (at === undefined) return undefined;
      if (part === '' || part === '.') continue;
      at = part === '..' ? (at.parent ?? at) : this.#into(at, part, make, budget);
    }
    return at;
  }

  #into(at: Directory, part: string, make: boolean, budget: { links: number }): Directory | undefined {
    const thing = at.names.get(part)?.thing;
    if (thing?.kind === 'directory') return thing;
    if (thing?.kind === 'symlink') {
      budget.links -= 1;
      if (budget.links < 0) throw new NotAllowed('too many links');
      return this.#walk(thing.target.startsWith('/') ? this.#root : at, thing.target.split('/'), make, budget);
    }
    if (thing && make) throw new NotAllowed('below a file');
    if (thing || !make) return undefined;
    const made: Directory = { kind: 'directory', parent: at, names: new Map() };
    // No entry spoke of it: no layer brought it.
    at.names.set(part, { thing: made, layer: -1 });
    return made;
  }
}

function holds(directory: Directory, other: Directory | undefined): boolean {
  for (let at = other; at; at = at.parent) if (at === directory) return true;
  return false;
}
