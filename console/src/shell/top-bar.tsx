import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useHref, useNavigate } from 'react-router';
import { chooseLanguage, type Language, languages } from '../messages/language.ts';
import { useLanguage, useText } from '../messages/text-context.tsx';
import { useSession, useWorker } from '../session/session-context.tsx';
import { toggleTheme } from './theme.ts';

/** Says where one is and as whom: a tab that is opened again is still signed in. */
export function TopBar() {
  const text = useText();
  const worker = useWorker();
  const session = useSession();
  const language = useLanguage();
  const navigate = useNavigate();
  const home = useHref('/');
  const onFollow: TopNavigationProps.Identity['onFollow'] = (event) => {
    event.preventDefault();
    void navigate('/');
  };
  if (session?.kind !== 'signed-in') return null;
  const utilities: TopNavigationProps.Utility[] = [
    { type: 'button', text: session.region, ariaLabel: text('top.region', { region: session.region }) },
    {
      type: 'menu-dropdown',
      text: languages[language],
      items: Object.entries(languages).map(([id, name]) => ({ id, text: name, lang: id })),
      onItemClick: ({ detail }) => chooseLanguage(detail.id as Language),
    },
    { type: 'button', text: text('top.theme'), onClick: toggleTheme },
    {
      type: 'menu-dropdown',
      text: nameOf(session.arn),
      description: session.arn,
      iconName: 'user-profile',
      items: [{ id: 'sign-out', text: text('top.sign-out') }],
      onItemClick: () => void worker.signOut(),
    },
  ];
  return (
    <div id="top-bar">
      <TopNavigation identity={{ href: home, title: 'Batchyard', onFollow }} utilities={utilities} />
    </div>
  );
}

/** The last part of an ARN: `root`, `ada`. */
function nameOf(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}
