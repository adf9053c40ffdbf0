export interface Answer {
  readonly type: string;
  readonly content: Record<string, unknown>;
}

/** What the editor asks about code. */
export interface Completer {
  complete(code: string, position: number): Record<string, unknown>;
  inspect(code: string, position: number): Record<string, unknown>;
  isComplete(code: string): Record<string, unknown>;
  readonly typescriptVersion: string;
}

/** Every request of the protocol but those to run code and those about comms; undefined where no answer is due. */
export function answerFor(
  type: string,
  content: Readonly<Record<string, unknown>>,
  completer: Completer,
): Answer | undefined {
  const code = String(content.code ?? "");
  const position = Number(content.cursor_pos ?? 0);
  switch (type) {
    case "kernel_info_request":
      return { type: "kernel_info_reply", content: kernelInfo(completer.typescriptVersion) };
    case "complete_request":
      return { type: "complete_reply", content: completer.complete(code, position) };
    case "inspect_request":
      return { type: "inspect_reply", content: completer.inspect(code, position) };
    case "is_complete_request":
      return { type: "is_complete_reply", content: completer.isComplete(code) };
    case "history_request":
      return { type: "history_reply", content: { status: "ok", history: [] } };
    case "interrupt_request":
      return { type: "interrupt_reply", content: { status: "ok" } };
    case "shutdown_request":
      return { type: "shutdown_reply", content: { status: "ok", restart: content.restart === true } };
    default:
      return undefined;
  }
}

function kernelInfo(typescriptVersion: string): Record<string, unknown> {
  return {
    status: "ok",
    protocol_version: "5.3",
    implementation: "tickbook",
    implementation_version: "1",
    banner: `TypeScript ${typescriptVersion} (tickbook, on tslab)`,
    language_info: {
      name: "typescript",
      version: typescriptVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", mode: "typescript", typescript: true },
    },
  };
}
