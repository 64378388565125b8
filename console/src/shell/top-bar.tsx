import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { lazy, Suspense, useState } from 'react';
import { useHref, useLocation, useNavigate } from 'react-router';
import { chooseLanguage, type Language, languages } from '../messages/language.ts';
import { useLanguage, useText } from '../messages/text-context.tsx';
import { withRegion } from '../session/region.ts';
import { useWorker } from '../session/session-context.tsx';
import { toggleTheme } from '../views/theme.ts';
import type { SessionState } from '../worker/messages.ts';
import { regions } from './regions.ts';

const SearchBox = lazy(async () => ({ default: (await import('./search-box.tsx')).SearchBox }));
const SwitchRole = lazy(async () => ({ default: (await import('./switch-role.tsx')).SwitchRole }));

interface TopBarProps {
  readonly session: SessionState;
  readonly region: string;
}

/** Says where one is and as whom: a tab that is opened again is still signed in. */
export function TopBar({ session, region }: TopBarProps) {
  const text = useText();
  const navigate = useNavigate();
  const [switches, setSwitches] = useState(false);
  const home = useHref('/');
  const regionMenu = useRegionMenu(region);
  const language = useLanguageMenu();
  const account = useAccountMenu(session, () => setSwitches(true));
  const onFollow: TopNavigationProps.Identity['onFollow'] = (event) => {
    event.preventDefault();
    void navigate('/');
  };
  const utilities = [
    regionMenu,
    language,
    { type: 'button', text: text('top.theme'), onClick: toggleTheme } as const,
    account,
  ];
  const search = (
    <Suspense>
      <SearchBox />
    </Suspense>
  );
  return (
    <div id="top-bar">
      <TopNavigation identity={{ href: home, title: 'Batchyard', onFollow }} utilities={utilities} search={search} />
      <Suspense>{switches && <SwitchRole onClose={() => setSwitches(false)} />}</Suspense>
    </div>
  );
}

/** The region is the address's: every tab may look at another one. */
function useRegionMenu(region: string): TopNavigationProps.MenuDropdownUtility {
  const text = useText();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const all = regions.includes(region) ? regions : [region, ...regions];
  return {
    type: 'menu-dropdown',
    text: region,
    ariaLabel: text('top.region', { region }),
    items: all.map((id) => ({ id, text: id })),
    onItemClick: ({ detail }) => void navigate(pathname + withRegion(search, detail.id)),
  };
}

function useLanguageMenu(): TopNavigationProps.MenuDropdownUtility {
  return {
    type: 'menu-dropdown',
    text: languages[useLanguage()],
    items: Object.entries(languages).map(([id, name]) => ({ id, text: name, lang: id })),
    onItemClick: ({ detail }) => chooseLanguage(detail.id as Language),
  };
}

function useAccountMenu(session: SessionState, switchRole: () => void): TopNavigationProps.MenuDropdownUtility {
  const text = useText();
  const worker = useWorker();
  const navigate = useNavigate();
  const deeds: Readonly<Record<string, () => void>> = {
    'switch-role': switchRole,
    'leave-role': () => void worker.leaveRole(),
    settings: () => void navigate('/settings'),
    'sign-out': () => void worker.signOut(),
  };
  const back = session.switchedFrom;
  return {
    type: 'menu-dropdown',
    text: nameOf(session.arn),
    description: `${session.arn} · ${text('top.account', { account: session.account })}`,
    iconName: 'user-profile',
    items: [
      { id: 'switch-role', text: text('top.switch-role') },
      ...(back === undefined ? [] : [{ id: 'leave-role', text: text('top.leave-role', { name: nameOf(back) }) }]),
      { id: 'settings', text: text('settings.title') },
      { id: 'sign-out', text: text('top.sign-out') },
    ],
    onItemClick: ({ detail }) => deeds[detail.id]?.(),
  };
}

/** The last part of an ARN: `root`, `ada`; of a role's session the role, and who plays it. */
function nameOf(arn: string): string {
  const [, role] = /:assumed-role\/(.+)$/.exec(arn) ?? [];
  return role ?? arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}
