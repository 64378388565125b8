import AppLayout from '@cloudscape-design/components/app-layout';
import { Suspense, useState } from 'react';
import { Route, Routes } from 'react-router';
import { useText } from '../messages/text-context.tsx';
import { pages } from '../pages/page-route.ts';
import { LoadedPage } from './loaded-page.tsx';
import { Navigation } from './navigation.tsx';
import { NoPage } from './no-page.tsx';
import { TopBar } from './top-bar.tsx';

/** What stands around every page. */
export function Shell() {
  const text = useText();
  const [open, setOpen] = useState(true);
  return (
    <>
      <TopBar />
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
        content={
          <Suspense>
            <Routes>
              {pages.map((page) => (
                <Route key={page.name} path={page.route.path} element={<LoadedPage page={page} />} />
              ))}
              <Route path="*" element={<NoPage />} />
            </Routes>
          </Suspense>
        }
      />
    </>
  );
}
