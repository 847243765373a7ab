// Small things that every view uses: making elements, and telling the person something. Text is always text: nothing is
// ever taken for markup (the page's Content-Security-Policy would not have it either).

/** An element: h("button", { class: "x", onclick }, "text", child). `style` and `dataset` are objects. */
export function h(name, given = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "class") element.className = `${element.className} ${value}`.trim();
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/** Set text only where it changes, so that nothing is laid out anew for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function toast(text, { bad = false, lasts = 5000 } = {}) {
  const shown = h("p.toast", { class: bad ? "bad" : "" }, text);
  $("toasts").append(shown);
  setTimeout(() => shown.remove(), bad ? lasts * 2 : lasts);
}

/** Ask before something that cannot be taken back. Resolves to whether it is wanted. */
export function confirm(title, text, doing) {
  return new Promise((resolve) => {
    const dialog = h("dialog.ask", { "aria-labelledby": "ask-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "ask-title" }, title),
        h("p", {}, text),
        h("footer", {},
          h("button", { value: "" }, "Cancel"),
          h("button.danger", { value: "yes", autofocus: true }, doing))));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`${what} copied`);
}

/** Call `work` at most once in `wait` milliseconds, the last time for sure. */
export function throttle(work, wait) {
  let timer = null, last = 0;
  return () => {
    if (timer !== null) return;
    timer = setTimeout(() => { timer = null; last = Date.now(); work(); }, Math.max(0, wait - (Date.now() - last)));
  };
}
