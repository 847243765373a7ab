export interface Options {
  /** Where the control API listens: `control` of the ready file. */
  url: string;
  /** `token` of the ready file. */
  token: string;
  /** What the audit trail calls this program. */
  by?: string;
  fetch?: typeof globalThis.fetch;
}

export interface Clock {
  limit: number;
  elapsed: number;
  remaining: number;
  deadline: string;
}

export interface Session {
  id: string;
  site: string;
  subject: string | null;
  state: "active" | "expired" | "ended";
  started_at: string;
  last_active_at: string;
  ended_at: string | null;
  clocks: Partial<Record<"idle" | "absolute", Clock>>;
  end: {
    reason: string;
    clock: string | null;
    limit: number | null;
    elapsed: number | null;
    rule: string | null;
  } | null;
  source: string;
  authenticated_at: string;
  remembered: boolean;
  reauthenticated_at: string | null;
  groups: string[];
  amr: string[];
  acr: string | null;
  network: string;
  agent: string;
  counted?: { at: string; method: string; path: string } | null;
}

export interface AuditEvent {
  id: number;
  type: string;
  at: string;
  session: string | null;
  subject: string | null;
  network: string;
  agent: string;
  policy: string;
  prev: string;
  hash: string;
  [own: string]: unknown;
}

export interface Alert {
  id: number;
  detector: string;
  raised_at: string;
  last_at: string;
  count: number;
  session: string | null;
  subject: string | null;
  why: string;
  then: "alert" | "step_up" | "end";
  open: boolean;
  [own: string]: unknown;
}

export interface Time {
  now: string;
  wall: string;
  /** Seconds that nightlatch's time is ahead. */
  offset: number;
  frozen: boolean;
  /** After a reset: how many sessions it ended. */
  ended?: number;
}

export interface Mistake {
  file: string;
  line: number;
  column: number;
  found: string;
  expected: string;
  nearest: string | null;
  message: string;
}

export interface Finding {
  code: string;
  severity: "error" | "warning" | "note";
  message: string;
  clause: string;
  line: number;
  column: number;
}

export interface Policy {
  name: string;
  version: string;
  text: string;
  words: string[];
  findings: Finding[];
  file: string;
  /** After a change: how many sessions its limits ended. */
  ended?: number;
}

export interface Preview {
  name: string;
  version: string;
  words: string[];
  findings: Finding[];
  live: number;
  ends: number;
  shorter: number;
  longer: number;
  same: number;
  sessions: {
    session: string;
    subject: string | null;
    effect: "ends" | "shorter" | "longer" | "same";
    clock: string | null;
    before: string | null;
    after: string | null;
  }[];
}

export interface Versions {
  nightlatch: string;
  mitmproxy: string;
  python: string;
  /** What the ledger is kept in, with its version: SQLite or PostgreSQL. */
  database: string;
  /** Where: what `--ledger` takes, a whole path or a URL, which has no password. */
  kept_in: string;
  /** The schema of its tables there. */
  ledger: number;
  /** Where the guarded site listens. */
  url: string;
  /** The application behind it. */
  site: string;
  login: string;
  users: string[];
}

export declare class NightlatchError extends Error {
  readonly status: number;
  readonly problem: { type: string; title: string; status: number; detail: string };
  readonly errors: Mistake[];
}

export declare class Nightlatch {
  constructor(options: Options);
  version(): Promise<Versions>;
  ready(): Promise<boolean>;
  sessions(query?: { state?: Session["state"]; subject?: string; limit?: number }): Promise<Session[]>;
  session(id: string): Promise<Session>;
  end(id: string): Promise<Session>;
  endAllOf(subject: string): Promise<number>;
  events(query?: { after?: number; type?: string; session?: string; limit?: number }): Promise<AuditEvent[]>;
  alerts(query?: { after?: number; session?: string; limit?: number }): Promise<Alert[]>;
  clock(): Promise<Time>;
  /** "31m", or so many seconds. */
  advance(by: string | number): Promise<Time>;
  freeze(): Promise<Time>;
  resume(): Promise<Time>;
  /** Back to wall time. Ends every session. */
  reset(): Promise<Time>;
  /** A credential (dev login only): send it as `Cookie: NAME=VALUE`. */
  login(user?: string, remember?: boolean): Promise<{ name: string; value: string; session: string }>;
  policy(): Promise<Policy>;
  setPolicy(text: string, options?: { inPlaceOf?: string }): Promise<Policy>;
  previewPolicy(text: string, options?: { signal?: AbortSignal }): Promise<Preview>;
  follow(options?: {
    after?: number;
    type?: string;
    session?: string;
    signal?: AbortSignal;
  }): AsyncGenerator<AuditEvent, void, void>;
  stream(
    path: string,
    options?: { query?: Record<string, unknown>; signal?: AbortSignal },
  ): AsyncGenerator<{ id?: string; event?: string; data: any }, void, void>;
}

export declare function duration(by: string | number): string;
export declare function milliseconds(by: string | number): number;
