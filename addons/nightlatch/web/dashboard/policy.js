// The policy, edited in place: mistakes at their lines while one types, and what it would do to those who are logged in.

import { h, say, toast } from "./dom.js";
import { moment, plural, span } from "./format.js";
import { highlighted } from "./toml.js";

const PAUSE = 250; // milliseconds after the last key

export function policyView(root, app) {
  const { store } = app;
  const state = { base: null, errors: [], findings: [], preview: null, timer: null, asking: null };
  const text = h("textarea", { spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off", "aria-label": "Policy, TOML", oninput: edited, onscroll: follow, onkeydown: keys });
  const paper = h("pre.paper", { "aria-hidden": "true" });
  const editor = h("div.editor", {}, paper, text);
  const title = h("h2"), version = h("code");
  const apply = h("button.primary", { onclick: save, title: "Ctrl+S or ⌘S" }, "Apply");
  const revert = h("button", { onclick: () => take(store.policy) }, "Revert");
  const notice = h("p.notice", { hidden: true });
  const problems = h("ul.problems", { "aria-live": "polite" }), outcome = h("div.outcome"), words = h("ul.words");
  root.append(h("div.policy", {},
    h("section.write", {}, h("header", {}, h("div", {}, title, version), h("div.buttons", {}, revert, apply)), notice, editor, problems),
    h("section.means", {}, h("h3", {}, "What the change would do"), outcome, h("h3", {}, "What it means"), words)));

  function take(policy) {
    state.base = policy;
    text.value = policy.text;
    state.errors = [];
    state.preview = null;
    notice.hidden = true;
    show(policy);
  }

  function changed() { return state.base !== null && text.value !== state.base.text; }

  function show(about) {
    say(title, about?.name ?? "");
    say(version, state.base ? `${changed() ? "edited from " : ""}${state.base.version}` : "");
    state.findings = about?.findings ?? [];
    paint();
    words.replaceChildren(...(about?.words ?? []).map((sentence) => h("li", {}, sentence)));
    showOutcome();
    apply.disabled = !changed() || state.errors.length > 0;
    revert.disabled = !changed();
  }

  function paint() {
    const marks = new Map();
    for (const { line, message, severity } of [...state.findings, ...state.errors.map((error) => ({ ...error, severity: "mistake" }))]) {
      if (!marks.has(line) || severity === "mistake") marks.set(line, { message, severity });
    }
    paper.replaceChildren(...text.value.split("\n").map((line, at) => {
      const mark = marks.get(at + 1);
      return h("span.line", { dataset: mark ? { severity: mark.severity } : {} }, highlighted(line), mark ? h("em", {}, mark.message) : null, "\n");
    }));
    const all = [...state.errors.map((error) => ({ ...error, severity: "mistake" })), ...state.findings];
    problems.replaceChildren(...all.map(({ line, column, message, severity, clause }) => h("li", { dataset: { severity } },
      h("button.link", { onclick: () => jump(line, column) }, `line ${line}`), h("span", {}, message, clause ? h("small", {}, ` ${clause}`) : null))));
    follow();
  }

  function follow() { paper.style.transform = `translate(${-text.scrollLeft}px, ${-text.scrollTop}px)`; }

  function jump(line, column) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    text.focus();
    text.setSelectionRange(start, start);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
  }

  function edited() {
    show({ name: state.base?.name, words: [], findings: [] });
    clearTimeout(state.timer);
    state.timer = setTimeout(look, PAUSE);
  }

  /** Ask what the text would do; an answer to an older text is not waited for. */
  async function look() {
    state.asking?.abort();
    if (!changed()) return take(state.base);
    state.asking = new AbortController();
    try {
      state.preview = await store.client.previewPolicy(text.value, { signal: state.asking.signal });
      state.errors = [];
      show(state.preview);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status !== 422) throw error;
      state.errors = error.errors;
      state.preview = null;
      show({ name: state.base.name, words: [], findings: [] });
    }
  }

  function showOutcome() {
    if (state.errors.length) return outcome.replaceChildren(h("p.verdict.bad", {}, `It cannot come into force: ${plural(state.errors.length, "mistake")}.`));
    if (!changed() || !state.preview) return outcome.replaceChildren(h("p.hint", {}, changed() ? "…" : "Change something, and see here what would become of everyone who is logged in."));
    const { live, ends, shorter, longer, same, sessions } = state.preview, now = store.now();
    const share = (count, kind, name) => (count ? h("i", { class: kind, style: { "flex-grow": String(count) }, title: `${count} ${name}` }) : null);
    outcome.replaceChildren(
      h("p.verdict", { class: ends ? "bad" : "" }, ends ? `${plural(ends, "session")} of ${live.toLocaleString()} would end at once.` : live ? "Nobody would be logged out at once." : "Nobody is logged in."),
      h("div.shares", {}, share(ends, "ends", "end at once"), share(shorter, "shorter", "end earlier"), share(same, "same", "unchanged"), share(longer, "longer", "live longer")),
      h("p.legend", {}, [[ends, "ends", "end at once"], [shorter, "shorter", "end earlier"], [same, "same", "unchanged"], [longer, "longer", "live longer"]].filter(([count]) => count).map(([count, kind, name]) => h("span", { class: kind }, h("i"), `${count.toLocaleString()} ${name}`))),
      h("ol.effects", {}, sessions.slice(0, 50).map((each) => h("li", { dataset: { effect: each.effect } },
        h("button.link", { onclick: () => app.select(each.session) }, each.subject ?? each.session),
        h("span", {}, each.effect === "ends" ? `ends: ${each.clock}` : `${until(each.before, now)} → ${until(each.after, now)}${each.clock ? ` (${each.clock})` : ""}`)))));
  }

  const until = (instant, now) => (instant === null ? "never" : Date.parse(instant) - now < 0 ? moment(Date.parse(instant), now) : `in ${span((Date.parse(instant) - now) / 1000)}`);

  async function save() {
    if (apply.disabled) return;
    try {
      const policy = await store.client.setPolicy(text.value, { inPlaceOf: state.base.version });
      store.policy = policy;
      take(policy);
      store.dispatchEvent(new Event("policy"));
      await store.reloadSessions();
      toast(`Policy ${policy.version} is in force${policy.ended ? `; ${plural(policy.ended, "session")} had outlived it` : ""}`);
    } catch (error) {
      if (error.status === 412) elsewhere();
      else if (error.status === 422) { state.errors = error.errors; show({ name: state.base.name, words: [], findings: [] }); }
      else throw error;
    }
  }

  function elsewhere() {
    notice.hidden = false;
    notice.replaceChildren("Somebody else has changed the policy meanwhile. ",
      h("button.link", { onclick: () => take(store.policy) }, "Take theirs"), " or ",
      h("button.link", { onclick: () => { state.base = store.policy; notice.hidden = true; look(); } }, "keep this text"), ".");
  }

  function keys(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); }
    if (event.key === "Escape") text.blur();
  }

  store.on("policy", () => {
    if (state.base === null || !changed()) take(store.policy);
    else if (store.policy.version !== state.base.version) elsewhere();
  });
  root.addEventListener("shown", follow);
}
