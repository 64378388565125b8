import AppLayout from '@cloudscape-design/components/app-layout';
import { Suspense, useState } from 'react';
import { Route, Routes } from 'react-router';
import { useText } from '../messages/text-context.tsx';
import { pages } from '../pages/page-route.ts';
import type { SessionState } from '../worker/messages.ts';
import { LoadedPage } from './loaded-page.tsx';
import { Navigation } from './navigation.tsx';
import { NoPage } from './no-page.tsx';
import { Notices } from './notices.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { TopBar } from './top-bar.tsx';
import { useAddressedRegion } from './use-addressed-region.ts';

/** What stands around every page. */
export function Shell({ session }: { readonly session: SessionState }) {
  const text = useText();
  const [open, setOpen] = useState(true);
  const region = useAddressedRegion(session.region);
  return (
    <>
      <TopBar session={session} region={region} />
      <AppLayout
        headerSelector="#top-bar"
        navigation={<Navigation />}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        toolsHide
        ariaLabels={{
          navigation: text('shell.navigation'),
          navigationClose: text('shell.navigation.close'),
          navigationToggle: text('shell.navigation.open'),
        }}
        notifications={<Notices />}
        stickyNotifications
        content={
          <PageBoundary>
            <Suspense>
              <Routes>
                {pages.map((page) => (
                  <Route key={page.name} path={page.route.path} element={<LoadedPage page={page} />} />
                ))}
                <Route path="*" element={<NoPage />} />
              </Routes>
            </Suspense>
          </PageBoundary>
        }
      />
      <Shortcuts />
    </>
  );
}
