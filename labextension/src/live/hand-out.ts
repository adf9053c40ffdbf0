/** Also where the page was not served safely, and the browser has no clipboard for it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A picture to the clipboard, or as a file where the browser has none for pictures; resolves with what was done. */
export async function copyPicture(png: string, name: string): Promise<string> {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const blob = new Blob([bytes], { type: "image/png" });
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    return "copied as a picture";
  } catch {
    saveFile(`${name}.png`, blob);
    return `saved as ${name}.png`;
  }
}

export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveCsv(name: string, text: string): string {
  saveFile(`${name}.csv`, new Blob([text], { type: "text/csv" }));
  return `saved as ${name}.csv`;
}
