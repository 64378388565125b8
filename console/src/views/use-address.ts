import { useSearchParams } from 'react-router';

/** What of the address bar a page goes by. */
export interface Address {
  /** '' for what is not there. */
  get(name: string): string;
  /** Sets members; '' takes one away. What is not named stays. */
  set(change: Readonly<Record<string, string>>): void;
}

export function useAddress(): Address {
  const [search, setSearch] = useSearchParams();
  return {
    get: (name) => search.get(name) ?? '',
    set: (change) =>
      setSearch((before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(change)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      }),
  };
}
