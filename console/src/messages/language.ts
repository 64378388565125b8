export const languages = { en: 'English', fr: 'Français', zh: '中文' } as const;

export type Language = keyof typeof languages;

const stored = 'batchyard.language';

/** The one that was chosen, or else the browser's, or English. */
export function currentLanguage(): Language {
  const chosen = localStorage.getItem(stored);
  const wanted = [...(chosen ? [chosen] : []), ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => tag in languages) ?? 'en';
}

/** Shows the console in `language` from now on. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(stored, language);
  location.reload();
}
