import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../messages/text-context.tsx';
import { PathLink } from '../views/path-link.tsx';
import { isPage } from './is-page.ts';
import { shortcuts } from './keys.ts';

/** Messages of deeds that are no page. */
const words: Readonly<Record<string, string>> = {
  help: 'keys.help',
  search: 'keys.search',
  filter: 'keys.filter',
  'next-row': 'keys.next-row',
  'previous-row': 'keys.previous-row',
  'select-row': 'keys.select-row',
  'copy-line': 'keys.copy-line',
  'read-again': 'keys.read-again',
  theme: 'keys.theme',
  'to:/': 'keys.dashboard',
  'to:/jobs': 'keys.jobs',
  'to:/queues': 'keys.queues',
  'to:/environments': 'keys.environments',
  'to:/states': 'keys.states',
  'to:/usage': 'keys.usage',
  'to:/iam': 'keys.iam',
  'to:/audit': 'keys.audit',
  'to:/submit': 'keys.submit',
};

/** What keys do here. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const items = Object.entries(shortcuts)
    .filter(([, deed]) => !deed.startsWith('to:') || isPage(deed.slice('to:'.length)))
    .map(([keys, deed]) => ({ label: keys, value: text(words[deed] ?? deed) }));
  return (
    <Modal visible header={text('keys.title')} onDismiss={onClose} closeAriaLabel={text('dialog.close')}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={3} items={items} />
        <Box color="text-body-secondary">{text('keys.off')}</Box>
        <PathLink to="/settings">{text('settings.title')}</PathLink>
      </SpaceBetween>
    </Modal>
  );
}
