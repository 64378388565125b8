import { I18nProvider, type I18nProviderProps } from '@cloudscape-design/components/i18n';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import './style.css';
// What Cloudscape looks for a second after the page is loaded, which may be before a page's own styles have come. It exports no name for it.
import '../../node_modules/@cloudscape-design/components/internal/base-component/styles.css.js';
import { currentLanguage } from './messages/language.ts';
import { loadMessages } from './messages/load-messages.ts';
import { TextProvider } from './messages/text-context.tsx';
import { SessionProvider } from './session/session-context.tsx';
import { WorkerClient } from './session/worker-client.ts';
import { Console } from './shell/console.tsx';

const language = currentLanguage();
document.documentElement.lang = language;
const { messages, components } = await loadMessages(language);
const place = document.getElementById('console');
if (!place) throw new Error('the page has no place for the console');
createRoot(place).render(
  <StrictMode>
    <I18nProvider locale={language} messages={components as I18nProviderProps.Messages[]}>
      <TextProvider language={language} messages={messages}>
        <SessionProvider worker={new WorkerClient()}>
          <BrowserRouter basename="/console">
            <Console />
          </BrowserRouter>
        </SessionProvider>
      </TextProvider>
    </I18nProvider>
  </StrictMode>,
);
