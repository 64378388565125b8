/** Native search costs at worst the product of both lengths: with so few characters to look for it is the quickest by far. */
const shortest = 32;

/** One place of the automaton: where each character leads, and which of the texts end here. */
interface Place {
  readonly next: Map<string, Place>;
  /** The longest proper end of what has been read that begins one of the texts. */
  fallback: Place | undefined;
  found: number[];
}

/**
 * Which of some texts occur in another: answers a function that gives their indexes. It takes time linear in what it is
 * given, whatever the texts are and however many (Aho and Corasick); making it takes time linear in them.
 */
export function occurrencesOf(texts: readonly string[]): (within: string) => ReadonlySet<number> {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters <= shortest) {
    return (within) => new Set(texts.keys().filter((index) => within.includes(texts[index] ?? '')));
  }
  const root = automaton(texts);
  return (within) => {
    const found = new Set(root.found);
    let place = root;
    for (let at = 0; at < within.length && found.size < texts.length; at += 1) {
      place = follow(root, place, within.charAt(at));
      for (const index of place.found) found.add(index);
    }
    return found;
  };
}

function automaton(texts: readonly string[]): Place {
  const root: Place = { next: new Map(), fallback: undefined, found: [] };
  for (const [index, text] of texts.entries()) {
    let place = root;
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      const next = place.next.get(character) ?? { next: new Map(), fallback: undefined, found: [] };
      place.next.set(character, next);
      place = next;
    }
    place.found.push(index);
  }
  // Breadth first: what a place falls back to is nearer to the root, and whole before it.
  const places = [root];
  for (const place of places) {
    for (const [character, next] of place.next) {
      next.fallback = place === root ? root : follow(root, place.fallback ?? root, character);
      next.found = [...next.found, ...(next.fallback === root ? [] : next.fallback.found)];
      places.push(next);
    }
  }
  return root;
}

function follow(root: Place, from: Place, character: string): Place {
  for (let place: Place | undefined = from; place; place = place.fallback) {
    const next = place.next.get(character);
    if (next) return next;
  }
  return root;
}
