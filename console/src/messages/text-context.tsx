import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import type { Language } from './language.ts';
import { loadPageMessages } from './load-messages.ts';

/** Values of a message's places: `{count, plural, one {# job} other {# jobs}}`. */
export type Values = Readonly<Record<string, string | number | Date>>;

/** A message in the page's language; empty until the messages of pages are there. Throws for a key that no file of messages has. */
export type Text = (key: string, values?: Values) => string;

interface Messages {
  readonly language: Language;
  readonly text: Text;
}

const MessagesContext = createContext<Messages | undefined>(undefined);

interface TextProviderProps {
  readonly language: Language;
  readonly messages: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}

/** Begins with the messages of the first page; those of the others follow. */
export function TextProvider({ language, messages, children }: TextProviderProps) {
  const [more, setMore] = useState<TextProviderProps['messages']>();
  useEffect(() => {
    void loadPageMessages(language).then(setMore);
  }, [language]);
  const value = useMemo(() => {
    return { language, text: textOf(language, { ...messages, ...more }, more !== undefined) };
  }, [language, messages, more]);
  return <MessagesContext value={value}>{children}</MessagesContext>;
}

export function useText(): Text {
  return useMessages().text;
}

export function useLanguage(): Language {
  return useMessages().language;
}

function useMessages(): Messages {
  const messages = use(MessagesContext);
  if (!messages) throw new Error('a component outside the messages');
  return messages;
}

function textOf(language: Language, messages: Readonly<Record<string, string>>, isWhole: boolean): Text {
  const formats = new Map<string, IntlMessageFormat>();
  return (key, values) => {
    const message = messages[key];
    if (message === undefined && !isWhole) return '';
    if (message === undefined) throw new Error(`no message is called '${key}'`);
    // Most have no places: they need no parser.
    if (!message.includes('{')) return message;
    let format = formats.get(key);
    if (!format) {
      format = new IntlMessageFormat(message, language);
      formats.set(key, format);
    }
    return String(format.format(values));
  };
}
