// nightlatch: tells people in time that their session is about to end, and lets them stay signed in.
//
//   <script src="/.nightlatch/notice.js" defer></script>          data-warn="60": seconds before the end, 20 at least
//                                                                 data-texts='{"stay": "Angemeldet bleiben"}'
//
// It works from deadlines, so it survives sleep and background tabs; it asks /.nightlatch/session, which never counts
// as activity; tabs tell each other when something has changed. It loads nothing, sets no cookie and needs no inline
// style or script, so that a Content-Security-Policy with 'self' (or with this element's nonce) lets it run.
// Events on window, each can be cancelled to show something of one's own: nightlatch:warning, nightlatch:ended,
// nightlatch:alive; `detail` has `clock` and `seconds`.
(() => {
  "use strict";
  const ONCE = Symbol.for("nightlatch.notice");
  if (window[ONCE] || window.top !== window) return;
  window[ONCE] = true;

  const SECOND = 1000, LOOK = 15 * SECOND, LOOK_CLOSELY = 4 * SECOND, LEAST = 20, MOST = 120;
  const ANNOUNCED = [60, 30, 10]; // seconds that are left
  const CHANNEL = "nightlatch";
  const element = document.currentScript;
  const given = element ? element.dataset : {};
  const TEXTS = {
    title: "Your session is about to end",
    idle: "You will be logged out in {time}, because nothing has happened here for a while.",
    absolute: "You will be logged out in {time}: your session is as long as it may be. Save your work; you can log in again at once.",
    stay: "Stay signed in",
    dismiss: "Dismiss",
    stayed: "You stay signed in.",
    failed: "That did not work. Please try again.",
    endedTitle: "Your session has ended",
    ended: "What you have typed on this page is still here. Log in again in a new tab, then come back and go on.",
    login: "Log in in a new tab",
    minute: "{n} minute", minutes: "{n} minutes", second: "{n} second", seconds: "{n} seconds",
    where: "The notice is at the beginning of this page.",
    ...texts(given.texts),
  };

  let ends = null;        // {at, clock, limit}: when the session ends, on this machine's clock
  let alive = null;       // null: nothing is known yet, or nobody was ever logged in on this page
  let asked = 0;          // when the guard was last asked
  let asking = null;
  let dismissed = null;   // the kind of notice that the person does not want to see
  let shown = null;
  let announced = Infinity;
  let timer = 0;

  function texts(json) {
    try { return JSON.parse(json || "{}"); } catch { return {}; }
  }

  // -- what the guard says ------------------------------------------------------------------------------------------

  // Of what has happened just now (`anew`) a question that is under way may know nothing.
  async function ask(anew) {
    if (anew) await asking;
    asking = asking || question().finally(() => { asking = null; });
    return asking;
  }

  async function question() {
    const at = asked = Date.now();
    const url = `/.nightlatch/session?for=${encodeURIComponent(location.pathname)}`;
    let told;
    try {
      const options = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
      told = await (await fetch(url, options)).json();
    } catch { return; } // the guard cannot be asked: what is known stays
    learn(told, at);
  }

  function learn(told, at) {
    if (!told.authenticated) {
      if (alive) { alive = false; tell(); }
      return;
    }
    if (alive === false) { dismissed = null; say("alive"); }
    const before = ends;
    ends = first(told.clocks, at);
    const moved = !before || !ends || Math.abs(before.at - ends.at) > 5 * SECOND;
    if (!alive || moved) { alive = true; tell(); }
  }

  // Somebody was active in another tab, or the guard's clock was moved: `moved`, and the other tabs are told.
  // What remains is rounded up to whole seconds; taken for a second less it is never late.
  function first(clocks, at) {
    const all = Object.entries(clocks).map(([clock, { limit, remaining }]) => (
      { clock, limit, at: at + Math.max(0, remaining - 1) * SECOND }));
    const soonest = all.sort((one, other) => one.at - other.at)[0] || null;
    const same = soonest && ends && ends.clock === soonest.clock && Math.abs(ends.at - soonest.at) < 1.5 * SECOND;
    return same ? { ...soonest, at: Math.min(ends.at, soonest.at) } : soonest;
  }

  async function stay() {
    let done = false;
    try {
      const options = { method: "POST", credentials: "same-origin", cache: "no-store" };
      done = (await fetch("/.nightlatch/extend", options)).ok;
    } catch { /* told below */ }
    await ask(true);
    if (done) tell(); else if (alive) announce(TEXTS.failed);
    step();
    if (done) announce(TEXTS.stayed);
  }

  // -- when -----------------------------------------------------------------------------------------------------------

  // A fifth of the limit, 20 seconds at least (WCAG 2.2.1) and two minutes at most.
  function lead() {
    const wanted = Number(given.warn) || Math.min(MOST, ends.limit / 5);
    return Math.max(LEAST, wanted) * SECOND;
  }

  async function step() {
    clearTimeout(timer);
    const due = () => alive && ends && ends.at - Date.now() <= lead();
    const every = due() || alive === false ? LOOK_CLOSELY : LOOK;
    const stale = Date.now() - asked >= every;
    if (stale && alive !== null && (due() || !document.hidden)) await ask();
    if (alive === false || (due() && ends.at <= Date.now())) over();
    else if (due()) warn(ends.at - Date.now());
    else hide();
    clearTimeout(timer);
    timer = setTimeout(step, wait());
  }

  function wait() {
    if (alive && ends && !shown) return Math.min(LOOK, Math.max(SECOND / 4, ends.at - lead() - Date.now()));
    return alive && shown ? SECOND : LOOK_CLOSELY;
  }

  // -- other tabs -------------------------------------------------------------------------------------------------------

  const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;

  function tell() {
    if (channel) channel.postMessage("changed");
    else try { localStorage.setItem(CHANNEL, String(Date.now())); } catch { /* then this tab is on its own */ }
  }

  async function heard() {
    await ask(true);
    step();
  }

  if (channel) channel.onmessage = heard;
  else window.addEventListener("storage", (event) => { if (event.key === CHANNEL) heard(); });

  // -- what the person sees -----------------------------------------------------------------------------------------------

  const STYLE = `
    :host{all:initial}
    .notice{color-scheme:light dark;--card:#fffdf8;--ink:#26221c;--soft:#6b6357;--line:#8a8173;--brass:#8a5a00;--on:#fff;
      position:fixed;z-index:2147483647;right:1rem;bottom:1rem;box-sizing:border-box;width:min(26rem,calc(100vw - 2rem));
      padding:1.25rem;background:var(--card);color:var(--ink);border:1px solid var(--line);border-top:4px solid var(--brass);
      border-radius:12px;box-shadow:0 8px 30px #0005;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    @media (prefers-color-scheme:dark){.notice{--card:#24211d;--ink:#efe9df;--soft:#b0a698;--line:#6b6357;--brass:#e0a940;--on:#1d1608}}
    @media (max-width:40rem){.notice{right:0;bottom:0;width:100vw;border-radius:12px 12px 0 0;border-inline:0;border-bottom:0;
      padding-bottom:max(1.25rem,env(safe-area-inset-bottom))}}
    @media (prefers-reduced-motion:no-preference){.notice{animation:rise .2s ease-out}}
    @keyframes rise{from{transform:translateY(1rem);opacity:0}}
    @media print{.notice{display:none}}
    h2{margin:0 0 .25rem;font-size:1.125rem;line-height:1.3}
    p{margin:0 0 1rem}
    .time{font-weight:700;font-variant-numeric:tabular-nums}
    .row{display:flex;flex-wrap:wrap;gap:.625rem}
    button,a{flex:1 1 auto;box-sizing:border-box;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;text-align:center;
      text-decoration:none;color:var(--on);background:var(--brass);border:1px solid var(--brass);border-radius:9px;cursor:pointer}
    .quiet{flex:0 1 auto;color:var(--ink);background:none;border-color:var(--line)}
    button:hover,a:hover{filter:brightness(1.1)}
    :focus-visible{outline:3px solid var(--ink);outline-offset:2px}
    .spoken{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    @media (forced-colors:active){.notice,button,a{border-color:CanvasText}}`;

  const host = document.createElement("div");
  host.id = "nightlatch-notice";
  const root = host.attachShadow({ mode: "open" });
  const spoken = make("p", { class: "spoken", role: "alert" });
  dress();

  // Constructed sheets are no inline style, so that style-src has nothing to say about them.
  function dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", element && element.nonce ? { nonce: element.nonce } : {}, STYLE));
    }
    root.append(spoken);
  }

  function make(tag, attributes, ...content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...content);
    return made;
  }

  // Behind an open modal dialog everything else is out of reach: then the notice goes into it.
  function place() {
    let parent = document.body;
    try { parent = document.querySelector("dialog:modal") || parent; } catch { /* an older browser */ }
    if (host.parentNode !== parent) parent.prepend(host);
  }

  function announce(text) {
    place();
    spoken.textContent = "";
    setTimeout(() => { spoken.textContent = text; }, 100);
  }

  function say(name, detail = {}) {
    return window.dispatchEvent(new CustomEvent(`nightlatch:${name}`, { cancelable: true, detail }));
  }

  function warn(left) {
    const seconds = Math.max(0, Math.ceil(left / SECOND));
    const kind = `warning ${ends.clock}`;
    if (dismissed === kind) return;
    if (!shown || shown.kind !== kind) {
      if (!say("warning", { clock: ends.clock, seconds })) { dismissed = kind; return; }
      open(kind, TEXTS.title, sentence(TEXTS[ends.clock] || TEXTS.absolute), ends.clock === "idle" ? [button(TEXTS.stay, stay)] : []);
      announced = seconds;
    }
    shown.time.textContent = spell(seconds);
    const reached = ANNOUNCED.find((mark) => seconds <= mark && announced > mark);
    if (reached) { announced = reached; announce((TEXTS[ends.clock] || TEXTS.absolute).replace("{time}", spell(seconds))); }
  }

  function over() {
    if (dismissed === "ended" || (shown && shown.kind === "ended")) return;
    if (!say("ended", { clock: ends ? ends.clock : null, seconds: 0 })) { dismissed = "ended"; return; }
    const link = make("a", { href: location.href, target: "_blank", rel: "noopener" }, TEXTS.login);
    open("ended", TEXTS.endedTitle, [TEXTS.ended], [link]);
  }

  function sentence(text) {
    const [before, after] = text.split("{time}");
    return [before, make("span", { class: "time" }), after || ""];
  }

  function button(text, act, name = "") {
    const made = make("button", { type: "button", class: name }, text);
    made.addEventListener("click", act);
    return made;
  }

  // Whoever is typing keeps the focus, and is told by the alert; else the focus moves to what can be done.
  function open(kind, title, text, actions) {
    const typing = isTyping(), before = shown ? shown.before : document.activeElement;
    if (shown) shown.box.remove();
    const dismiss = button(TEXTS.dismiss, () => { dismissed = kind; hide(); }, "quiet");
    const box = make("section", {
      class: "notice", role: typing ? "region" : "alertdialog", "aria-labelledby": "title", "aria-describedby": "text",
    }, make("h2", { id: "title" }, title), make("p", { id: "text" }, ...text), make("div", { class: "row" }, ...actions, dismiss));
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); dismiss.click(); } });
    place();
    root.append(box);
    shown = { kind, box, before, time: box.querySelector(".time") || make("span", {}) };
    if (typing) announce(`${title}. ${TEXTS.where}`);
    else (actions[0] || dismiss).focus();
  }

  function isTyping() {
    let on = document.activeElement;
    while (on && on.shadowRoot && on !== host && on.shadowRoot.activeElement) on = on.shadowRoot.activeElement;
    return Boolean(on) && (on.isContentEditable || on.matches("input, textarea, select, iframe"));
  }

  function hide() {
    if (alive && dismissed && ends && ends.at - Date.now() > lead()) dismissed = null;
    if (!shown) return;
    const { box, before } = shown, focused = root.activeElement !== null;
    shown = null;
    box.remove();
    if (focused && before && before.isConnected) before.focus({ preventScroll: true });
  }

  function spell(seconds) {
    const minutes = Math.floor(seconds / 60), rest = seconds % 60;
    const words = (n, one, many) => (n === 1 ? one : many).replace("{n}", n);
    return [minutes ? words(minutes, TEXTS.minute, TEXTS.minutes) : "",
      rest || !minutes ? words(rest, TEXTS.second, TEXTS.seconds) : ""].filter(Boolean).join(" ");
  }

  // -- whenever the page comes back to somebody's attention -----------------------------------------------------------------

  async function back(event) {
    if (document.hidden) return;
    if (alive === null && !event.persisted) return;
    await ask(true);
    // A page from the browser's cache, after the end: whoever pressed "back" must not see it.
    if (event.persisted && alive === false) location.reload(); else step();
  }

  // A page that "back" brought out of the HTTP cache, with nobody logged in: loaded anew if it would not be given to
  // whoever looks at it now. After that its navigation is a "reload", so this happens once.
  async function lookBack() {
    const [navigation] = performance.getEntriesByType("navigation"), { style } = document.documentElement;
    if (alive !== null || !navigation || navigation.type !== "back_forward") return;
    const before = style.display;
    style.setProperty("display", "none", "important");
    let given = true;
    try {
      const options = { method: "HEAD", credentials: "same-origin", cache: "no-store", redirect: "manual" };
      given = (await fetch(location.href, options)).ok;
    } catch { /* the guard cannot be asked: the page stays */ }
    if (given) style.display = before; else location.reload();
  }

  document.addEventListener("visibilitychange", back);
  document.addEventListener("resume", back);
  for (const name of ["focus", "online", "pageshow"]) window.addEventListener(name, back);
  ask().then(lookBack).then(step);
})();
