import { useLanguage } from '../messages/text-context.tsx';

/** A moment in the reader's own words; absent ones are a dash. `at` is milliseconds since 1970. */
export function Time({ at }: { readonly at: number | undefined }) {
  const language = useLanguage();
  if (at === undefined) return <span>–</span>;
  const date = new Date(at);
  const words = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(date);
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {words}
    </time>
  );
}
