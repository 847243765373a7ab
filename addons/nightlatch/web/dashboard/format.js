// Durations, instants and reasons in words.

/** 90 -> "1m 30s"; two units at most, the second padded so that a running clock does not jump about. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const d = Math.floor(whole / 86400), h = Math.floor(whole / 3600) % 24, m = Math.floor(whole / 60) % 60, s = whole % 60;
  const two = (n) => String(n).padStart(2, "0");
  if (d) return h ? `${d}d ${two(h)}h` : `${d}d`;
  if (h) return m ? `${h}h ${two(m)}m` : `${h}h`;
  if (m) return s ? `${m}m ${two(s)}s` : `${m}m`;
  return `${s}s`;
}

/** As the control API reads it: "1h30m". */
export function amount(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const parts = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  let rest = whole, text = "";
  for (const [size, letter] of parts) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) text += count + letter;
  }
  return text;
}

export function ago(ms) {
  const seconds = ms / 1000;
  return seconds < 1 ? "now" : `${span(seconds >= 3600 ? seconds - (seconds % 60) : seconds)} ago`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

export const hour = (ms) => clock.format(ms);

export function moment(ms, now) {
  return Math.abs(now - ms) < 20 * 3600e3 ? clock.format(ms) : `${day.format(ms)} ${clock.format(ms)}`;
}

const REASONS = {
  logout: "logged out",
  admin: "ended by an administrator",
  backchannel: "ended by the identity provider",
  policy: "ended by the policy",
  reset: "the clock was reset",
  rotation_reuse: "a replaced credential was used again",
};
const RAN = {
  idle: (elapsed) => `no activity for ${elapsed}`,
  absolute: (elapsed) => `${elapsed} since the login`,
  token: (elapsed) => `${elapsed} since the token was issued`,
  auth: (elapsed) => `${elapsed} since the last proof of who it is`,
};

/** Why a session ended, in a few words. */
export function why(end) {
  if (!end) return "";
  if (!end.clock) return REASONS[end.reason] ?? end.reason;
  const ran = (RAN[end.clock] ?? ((elapsed) => `${end.clock} ${elapsed}`))(span(end.elapsed ?? 0));
  return `${ran}, limit ${span(end.limit ?? 0)}${end.rule ? ` (rule ${end.rule})` : ""}`;
}

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`;
