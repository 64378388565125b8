/** The words of a command as a shell makes them of what is typed at its prompt: quotes and backslashes, nothing else. `#` is a character. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let place = 0; place < line.length; place += 1) {
    const character = line.charAt(place);
    if (character === '\\' && quote !== "'" && place + 1 < line.length) {
      place += 1;
      const next = line.charAt(place);
      // Inside double quotes a backslash is one unless it stands before what it could hide.
      word = (word ?? '') + (quote === '"' && !/["\\$`]/.test(next) ? character + next : next);
    } else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What one types at a prompt for these words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
