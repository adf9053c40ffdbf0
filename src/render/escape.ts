const ENTITY: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text → HTML, for content and for quoted attributes. Characters that turn the direction of writing show as `�`. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITY[c]!).replace(UNSEEN, "\ufffd");
}

// control characters but tab and newline, and those that change the direction of writing
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same replacement without entities: for texts that a chart draws. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, "\ufffd");
}

/** JSON that may stand inside a `<script>` element: it can neither end it nor break a line of JavaScript. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
