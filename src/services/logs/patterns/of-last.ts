/** The same function, which remembers the text that it was asked about last, up to a length, and what it answered. */
export function ofLast<Answer>(make: (text: string) => Answer): (text: string) => Answer {
  let last: { readonly text: string; readonly answer: Answer } | undefined;
  return (text) => {
    if (last?.text === text) return last.answer;
    const answer = make(text);
    last = text.length <= longestKept ? { text, answer } : undefined;
    return answer;
  };
}

/** What is longer would stay in memory for nothing. */
const longestKept = 1024 * 1024;
