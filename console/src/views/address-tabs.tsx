import Tabs from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import { useAddress } from './use-address.ts';

interface AddressTabsProps {
  readonly label: string;
  readonly tabs: readonly { readonly id: string; readonly label: string; readonly content: ReactNode }[];
}

/** Tabs of which the address bar says which is open, as `tab`; the first one where it says none. */
export function AddressTabs({ label, tabs }: AddressTabsProps) {
  const address = useAddress();
  const wanted = address.get('tab');
  const open = tabs.some(({ id }) => id === wanted) ? wanted : (tabs[0]?.id ?? '');
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={open}
      tabs={tabs}
      onChange={({ detail }) => address.set({ tab: detail.activeTabId })}
    />
  );
}
