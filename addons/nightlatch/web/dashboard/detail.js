// One session: its clocks, what happened, and what can be done with it.

import { confirm, copy, h, say, toast } from "./dom.js";
import { ago, amount, moment, span, why } from "./format.js";
import { bar } from "./sessions.js";
import { asCurl, asPlaywright, asPytest } from "./snippets.js";
import { clocksOf } from "./store.js";
import { told } from "./events.js";

export function detail(app, close) {
  const { store } = app;
  const content = h("div.content");
  const element = h("aside.detail", { tabindex: "-1", "aria-label": "Session", hidden: true }, content);
  let shown = null, seen = "", bars = null, relative = [];

  async function show(id) {
    if (shown !== id) content.scrollTop = 0;
    shown = id;
    element.hidden = false;
    draw();
    const [session, events] = await Promise.all([store.client.session(id), store.client.events({ session: id, limit: 200 })]);
    if (shown !== id) return;
    if (session.counted) store.counted.set(id, session.counted);
    draw(events);
  }

  function draw(events) {
    const session = store.sessions.get(shown);
    if (!session) return;
    seen = mark(session);
    const live = session.state === "active", now = store.now();
    const others = [...store.sessions.values()].filter((each) => each.state === "active" && each.subject && each.subject === session.subject);
    bars = { idle: bar("idle"), absolute: bar("absolute") };
    relative = [];
    const counted = store.counted.get(shown);
    content.replaceChildren(
      h("header", {},
        h("div", {}, h("h2", {}, session.subject ?? "someone"), h("p", {}, h("span.state", { dataset: { state: session.state } }, live ? "live" : session.state), " ", h("code", {}, session.id))),
        h("button.quiet", { "aria-label": "Close", title: "Close (Esc)", onclick: close }, "✕")),
      live ? h("div.big", {}, clocksOf(session, now).map(({ name }) => bars[name].element)) : h("p.reason", { dataset: { kind: session.state } }, why(session.end)),
      h("dl", {},
        fact("started", session.started_at), fact("last active", session.last_active_at),
        counted ? [h("dt", {}, "counted last"), h("dd", {}, h("code", {}, `${counted.method} ${counted.path}`))] : null,
        session.reauthenticated_at ? fact("logged in again", session.reauthenticated_at) : null,
        session.ended_at ? fact(session.state, session.ended_at) : null,
        text("from", [session.agent, session.network].filter(Boolean).join(" · ")), text("groups", session.groups.join(", ")),
        text("proved by", [...session.amr, session.acr].filter(Boolean).join(", ")), text("credential", session.source), text("site", session.site)),
      live ? h("div.actions", {},
        clocksOf(session, now).filter(({ left }) => left > 1).map(({ name, left }) => h("button", { title: `Advance the clock of the whole guard by ${span(left)}`, onclick: () => warpTo(session, name) }, `Warp to the end of ${name}`)),
        h("button.danger", { onclick: () => end(session.id) }, "End session"),
        others.length > 1 ? h("button.danger", { onclick: () => endAll(session.subject, others.length) }, `End all ${others.length} of ${session.subject}`) : null) : null,
      h("div.actions.copies", {}, h("span", {}, "Copy as"),
        h("button", { onclick: () => copy(asCurl(store, session), "curl commands") }, "curl"),
        h("button", { onclick: () => copy(asPytest(store, session), "A pytest") }, "pytest"),
        h("button", { onclick: () => copy(asPlaywright(store, session), "A Playwright test") }, "Playwright")),
      h("h3", {}, "What happened"),
      events ? h("ol.timeline", {}, events.toReversed().map((event) => h("li", { dataset: { kind: event.type.split(".")[0], type: event.type } }, h("time", { title: event.at }, moment(Date.parse(event.at), now)), h("span", {}, told(event))))) : h("p.hint", {}, "…"));
    tick();
  }

  const text = (name, value) => (value ? [h("dt", {}, name), h("dd", {}, value)] : null);

  function fact(name, instant) {
    const value = h("dd", { title: instant });
    relative.push([value, Date.parse(instant)]);
    return [h("dt", {}, name), value];
  }

  function tick() {
    const session = store.sessions.get(shown);
    if (!session || !bars) return;
    const now = store.now();
    for (const clock of clocksOf(session, now)) bars[clock.name].show(clock);
    for (const [value, at] of relative) say(value, `${moment(at, now)}, ${ago(now - at)}`);
  }

  async function end(id) {
    const session = await store.client.end(id);
    store.put(session);
    toast(`${session.subject ?? "The session"} is out: ${why(session.end)}`);
    if (shown === id) show(id);
  }

  async function endAll(subject, count) {
    if (!(await confirm(`End all of ${subject}?`, `${count} live sessions end at once and for ever, on every guard of this ledger.`, `End ${count}`))) return;
    toast(`${await store.client.endAllOf(subject)} sessions of ${subject} ended`);
  }

  async function warpTo(session, name) {
    const clock = clocksOf(session, store.now()).find((each) => each.name === name);
    const by = Math.ceil(clock.left);
    store.setClock(await store.client.advance(amount(by)));
    toast(`The clock is ${span(by)} further`);
  }

  store.on("sessions", () => {
    const session = shown && !element.hidden && store.sessions.get(shown);
    if (session && mark(session) !== seen) show(shown);
  });

  function mark(session) { return `${session.state} ${session.last_active_at} ${session.clocks.idle?.limit}`; }

  return {
    element, show, tick, end,
    focus: () => element.focus(),
    hide: () => { element.hidden = true; shown = null; },
  };
}
