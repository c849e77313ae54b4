/** A refusal of the registry (RFC 9457), as something to throw and something to show. */
import type { ProblemDetail } from "./types";

const UNREACHABLE = "unreachable";

export class Problem extends Error {
  constructor(readonly body: ProblemDetail) {
    super(body.detail || body.title);
  }

  get isUnreachable(): boolean {
    return this.body.code === UNREACHABLE;
  }

  /** True when the registry has moved on since the person last looked. */
  get isOvertaken(): boolean {
    return this.body.status === 412 || ["stale", "illegal_step"].includes(this.body.code);
  }

  /** The refusal in an answer, whatever stood between us and the registry. */
  static of({ status, statusText }: Response, body: unknown): Problem {
    const said = typeof body === "object" ? (body as Partial<ProblemDetail>) : {};
    const { title = statusText || `HTTP ${status}`, detail = "", code = `http_${status}` } = said;
    return new Problem({ type: "about:blank", ...said, title, detail, code, status });
  }

  /** The refusal behind any thrown value; a failed fetch is a registry out of reach. */
  static from(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return new Problem({ type: "about:blank", title: "", status: 0, detail, code: UNREACHABLE });
  }
}
