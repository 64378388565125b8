import FormField from '@cloudscape-design/components/form-field';
import Tiles from '@cloudscape-design/components/tiles';
import { useSearchParams } from 'react-router';
import { useText } from '../messages/text-context.tsx';

/** The platform that the address names, of `kinds`; the first if it names none. */
export function usePlatform<Kind extends string>(kinds: readonly [Kind, ...Kind[]]): Kind {
  const [search] = useSearchParams();
  const wanted = search.get('platform');
  return kinds.find((kind) => kind === wanted) ?? kinds[0];
}

interface PlatformTilesProps {
  /** With the key of its name and of what it is for. */
  readonly kinds: readonly { readonly kind: string; readonly label: string; readonly words: string }[];
  readonly chosen: string;
}

/** The first choice of a wizard. Another one begins it anew. */
export function PlatformTiles({ kinds, chosen }: PlatformTilesProps) {
  const text = useText();
  const [, setSearch] = useSearchParams();
  return (
    <FormField label={text('form.platform')} stretch>
      <Tiles
        value={chosen}
        items={kinds.map((each) => ({ value: each.kind, label: text(each.label), description: text(each.words) }))}
        onChange={({ detail }) => setSearch({ platform: detail.value })}
      />
    </FormField>
  );
}
