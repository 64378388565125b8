import { useSearchParams } from 'react-router';

/** The page that the address names; the first that is not whole, if that comes before it. Behind the last is the review. */
export function useStep(whole: readonly boolean[]): readonly [number, (step: number) => void] {
  const [search, setSearch] = useSearchParams();
  const wanted = Number(search.get('step') ?? '1') - 1;
  const broken = whole.indexOf(false);
  const reachable = broken === -1 ? whole.length : broken;
  const step = Number.isInteger(wanted) ? Math.max(0, Math.min(wanted, reachable)) : 0;
  const go = (next: number) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.set('step', String(next + 1));
      return after;
    });
  return [step, go];
}
