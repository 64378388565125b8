/** Something that the search leads to. */
export interface Place {
  readonly path: string;
  readonly name: string;
  readonly kind: string;
}

const jobId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[:#]\d+)?$/i;

/** How many places of a kind are offered. */
const most = 8;

/** What `typed` may mean: the job of an id, and what has it in its name, those first that begin with it. */
export function placesFor(typed: string, known: readonly Place[], jobKind: string): readonly Place[] {
  const words = typed.trim();
  if (words === '') return [];
  if (jobId.test(words)) return [{ path: `/jobs/${encodeURIComponent(words)}`, name: words, kind: jobKind }];
  const wanted = words.toLowerCase();
  const found = known
    .map((place) => ({ place, at: place.name.toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at || left.place.name.localeCompare(right.place.name));
  const counts = new Map<string, number>();
  return found
    .map(({ place }) => place)
    .filter(({ kind }) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count <= most;
    });
}
