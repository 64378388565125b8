import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { chooseLanguage, type Language, languages } from '../../messages/language.ts';
import { useLanguage, useText } from '../../messages/text-context.tsx';
import { hasSingleKeys, setSingleKeys } from '../../views/single-keys.ts';
import { isDark, toggleTheme } from '../../views/theme.ts';
import { About } from './about.tsx';

/** What is chosen here holds in this browser. */
export function Page() {
  const text = useText();
  const language = useLanguage();
  const [dark, setDark] = useState(isDark);
  const [keys, setKeys] = useState(hasSingleKeys);
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('settings.where')}>
        {text('settings.title')}
      </Header>
      <Container>
        <SpaceBetween size="l">
          <FormField label={text('settings.language')}>
            <Select
              selectedOption={{ value: language, label: languages[language] }}
              options={Object.entries(languages).map(([value, label]) => ({ value, label, lang: value }))}
              onChange={({ detail }) => chooseLanguage(detail.selectedOption.value as Language)}
            />
          </FormField>
          <Toggle
            checked={dark}
            onChange={({ detail }) => {
              toggleTheme();
              setDark(detail.checked);
            }}
          >
            {text('settings.dark')}
          </Toggle>
          <Toggle
            checked={keys}
            description={text('settings.keys.help')}
            onChange={({ detail }) => {
              setSingleKeys(detail.checked);
              setKeys(detail.checked);
            }}
          >
            {text('settings.keys')}
          </Toggle>
        </SpaceBetween>
      </Container>
      <About />
    </SpaceBetween>
  );
}
