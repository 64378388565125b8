import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';

/** Tabs of a page: the address says which is open. */
export function PageTabs({ tabs }: { readonly tabs: readonly TabsProps.Tab[] }) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('tab');
  const active = tabs.find(({ id }) => id === wanted) ?? tabs[0];
  return (
    <Tabs
      tabs={tabs}
      {...(active && { activeTabId: active.id })}
      onChange={({ detail }) =>
        setSearch((before) => {
          const after = new URLSearchParams(before);
          after.set('tab', detail.activeTabId);
          return after;
        })
      }
    />
  );
}
