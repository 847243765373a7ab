// The warp: a slider over the time to come, with marks where sessions end. Nothing moves before the button is pressed.

import { confirm, h, say, throttle, toast } from "./dom.js";
import { amount, plural, span } from "./format.js";
import { endsAt } from "./store.js";

const STEPS = 1000, MARKS = 7, WEEK = 7 * 86400;

export function warpBar(root, app) {
  const { store } = app;
  const view = { horizon: 3600, by: 60, marks: [], dragging: false };
  const slider = h("input", { type: "range", min: "0", max: String(STEPS), value: "0", "aria-label": "How far to move time", oninput: slid, onpointerdown: () => { view.dragging = true; }, onpointerup: () => { view.dragging = false; } });
  const marks = h("div.marks");
  const effect = h("p.effect", { role: "status" });
  const go = h("button.primary", { onclick: () => move(view.by) });
  const freeze = h("button", { onclick: async () => store.setClock(await (store.clock.frozen ? store.client.resume() : store.client.freeze())) });
  const reset = h("button.quiet", { title: "Back to wall time; ends every session", onclick: back }, "Reset");
  root.append(
    h("div.ribbon", {}, h("div.rail", {}, marks, slider), effect),
    h("div.buttons", {}, [60, 300].map((seconds) => h("button.quick", { onclick: () => move(seconds), title: `Advance by ${span(seconds)}` }, `+${amount(seconds)}`)), go, freeze, reset));

  // A minute and a day are both in reach: the scale is cubic.
  const toSeconds = (at) => Math.max(1, Math.round(view.horizon * (at / STEPS) ** 3));
  const toPlace = (seconds) => Math.min(1, Math.cbrt(seconds / view.horizon));

  function slid() { view.by = toSeconds(Number(slider.value)); show(); }

  function plan() {
    const now = store.now(), ends = [];
    for (const session of store.sessions.values()) {
      if (session.state !== "active") continue;
      const at = endsAt(session);
      if (at !== Infinity && at > now) ends.push([(at - now) / 1000, session]);
    }
    ends.sort((a, b) => a[0] - b[0]);
    view.ends = ends;
    if (!view.dragging) view.horizon = Math.max(60, Math.min(WEEK, (ends.at(-1)?.[0] ?? 3600) * 1.04));
    view.marks = [];
    for (const [left, session] of ends) {
      const place = toPlace(left), last = view.marks.at(-1);
      if (last && place - last.place < 0.035) { last.sessions.push(session); last.until = left; }
      else if (view.marks.length < MARKS) view.marks.push({ place, left, until: left, sessions: [session] });
    }
    marks.replaceChildren(...view.marks.map((mark) => h("button.mark", {
      style: { left: `${mark.place * 100}%` },
      title: `in ${span(mark.left)}: ${names(mark.sessions)}`,
      "aria-label": `Set to ${span(mark.left)}, when ${plural(mark.sessions.length, "session")} end${mark.sessions.length === 1 ? "s" : ""}`,
      onclick: () => { view.by = Math.ceil(mark.until); show(); slider.focus(); },
    }, h("i"), mark.sessions.length > 1 ? h("b", {}, String(mark.sessions.length)) : null)));
    show();
  }

  function show() {
    if (!view.dragging) slider.value = String(Math.round(toPlace(view.by) * STEPS));
    const done = (view.ends ?? []).filter(([left]) => left <= view.by).map(([, session]) => session);
    slider.setAttribute("aria-valuetext", span(view.by));
    slider.style.setProperty("--at", `${(slider.value / STEPS) * 100}%`);
    say(go, `Advance ${span(view.by)}`);
    say(freeze, store.clock.frozen ? "Resume" : "Freeze");
    freeze.setAttribute("aria-pressed", String(store.clock.frozen));
    say(effect, done.length ? `ends ${plural(done.length, "session")}: ${names(done)}` : view.ends?.length ? `ends nobody; the next end is in ${span(view.ends[0][0])}` : "nobody is logged in");
    effect.classList.toggle("ends", done.length > 0);
  }

  async function move(seconds) {
    store.setClock(await store.client.advance(amount(seconds)));
    toast(`Time is ${span(seconds)} further, for every guard on this ledger`);
  }

  async function back() {
    const live = [...store.sessions.values()].filter((session) => session.state === "active").length;
    if (!(await confirm("Back to wall time?", `Time would go backwards for them, so ${live === 1 ? "the live session ends" : `all ${live.toLocaleString()} live sessions end`}.`, "Reset the clock"))) return;
    const done = await store.client.reset();
    store.setClock(done);
    toast(`The clock is back at wall time; ${plural(done.ended, "session")} ended`);
  }

  const again = throttle(plan, 500);
  store.on("sessions clock version", again);
  setInterval(again, 1000);
}

function names(sessions) {
  const counts = new Map();
  for (const { subject } of sessions) counts.set(subject ?? "someone", (counts.get(subject ?? "someone") ?? 0) + 1);
  const told = [...counts].slice(0, 3).map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
  return told.join(", ") + (counts.size > 3 ? ` and ${(counts.size - 3).toLocaleString()} more` : "");
}
