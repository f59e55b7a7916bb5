import { expect, test } from 'vitest';
import { displayText, displayWidth, fitText } from './display-text.ts';

test.each([
  ['Lisbon', 6],
  ['Zürich', 6],
  ['Zu\u0308rich', 6],
  ['東京', 4],
  ['ﾄｳｷｮｳ', 5],
  ['서울', 4],
  ['☎', 1],
  ['☎️', 2],
  ['🏢 HQ', 5],
  ['👩‍🚒', 2],
  ['🇵🇹', 2],
  ['', 0],
])('%j takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test('a text is filled, or cut between characters, to exactly the width', () => {
  expect(fitText('東京', 6)).toBe('東京  ');
  expect(fitText('東京都', 4)).toBe('東… ');
  expect(fitText('Lisbon', 6)).toBe('Lisbon');
  expect(fitText('Lisbon', 4)).toBe('Lis…');
});

test.each([
  ['\u001B[2J\u001B]0;owned\u0007', '?[2J?]0;owned?'],
  ['\u009B31m', '?31m'],
  ['a\r\nb', 'a??b'],
  ['\u202Egnp.exe', '?gnp.exe'],
  ['\uD800', '?'],
  ['Grüße, 東京 🏢', 'Grüße, 東京 🏢'],
])('%j reaches the terminal as %j', (hostile, shown) => {
  expect(displayText(hostile)).toBe(shown);
});
