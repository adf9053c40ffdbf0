const DAY_US = 86_400e6;
const ZERO = 48;

/** Two digits of a text; NaN: they are none. */
function two(text: string, at: number): number {
  const [a, b] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO];
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN;
}

let lastDate = "";
let lastDayUs = Number.NaN;

/**
 * The commonest form, quickly: `2024-01-02T03:04:05` or with a blank, with up to six decimals and `Z`, as µs of the wall
 * clock. NaN: it is another form, or no time. Equal to what `timeText` reads.
 */
export function isoWallUs(text: string): number {
  const { length } = text;
  if (length < 19 || length > 27) return Number.NaN;
  const mark = text.charCodeAt(10);
  if ((mark !== 84 && mark !== 32) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58)
    return Number.NaN;
  if (lastDate === "" || !text.startsWith(lastDate)) {
    lastDate = text.slice(0, 10);
    lastDayUs = dayUs(lastDate);
  }
  const [hour, minute, second] = [two(text, 11), two(text, 14), two(text, 17)];
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  const end = text.charCodeAt(length - 1) === 90 ? length - 1 : length;
  let micro = 0;
  if (end > 19) {
    if (text.charCodeAt(19) !== 46 || end === 20 || end > 26) return Number.NaN;
    for (let i = 20; i < 26; i++) {
      const digit = i < end ? text.charCodeAt(i) - ZERO : 0;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      micro = micro * 10 + digit;
    }
  }
  return lastDayUs + ((hour * 60 + minute) * 60 + second) * 1e6 + micro;
}

function dayUs(date: string): number {
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(date)) return Number.NaN;
  const ms = Date.parse(date);
  const days = new Date(ms);
  return days.getUTCDate() === Number(date.slice(8)) ? (ms / 1000 / 86_400) * DAY_US : Number.NaN;
}
