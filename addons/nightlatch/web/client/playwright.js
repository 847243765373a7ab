// A Playwright fixture: `test.extend(fixtures)`, then every test can have `nightlatch`.
//
// Where the guard is comes from the environment: NIGHTLATCH_READY_FILE (what `nightlatch run --ready-file` wrote), or
// NIGHTLATCH_CONTROL_URL and NIGHTLATCH_CONTROL_TOKEN.

import { readFileSync } from "node:fs";
import { Nightlatch, milliseconds } from "./index.js";

export class GuardedTest extends Nightlatch {
  #logins = [];
  #guard;
  #moved = false;

  constructor(options, guard = "") {
    super(options);
    this.#guard = guard;
  }

  /** Log `user` in, in this browser context (or a page's): what it asks from now on is asked as that person. */
  async loginAs(user, contextOrPage) {
    const context = typeof contextOrPage.context === "function" ? contextOrPage.context() : contextOrPage;
    const { name, value, session } = await this.login(user);
    const url = this.#guard || (await this.version()).url;
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
    this.#logins.push(session);
    return this.session(session);
  }

  /** Let time pass for the guard and, where `page.clock` is installed, for the pages that are given: the guard first,
   * so that a timer that fires in the page meets a guard for which it is as late. */
  async warp(by, ...pages) {
    this.#moved = true;
    const time = await this.advance(by);
    for (const page of pages) await page.clock.fastForward(milliseconds(by));
    return time;
  }

  async freeze() {
    this.#moved = true;
    return super.freeze();
  }

  /** Leave the guard as the next test expects it. */
  async tidy() {
    if (this.#moved) await this.reset();
    else await Promise.all(this.#logins.map((session) => this.end(session)));
    this.#logins = [];
    this.#moved = false;
  }
}

/** Where the guard is, from the environment. */
export function surroundings(env = process.env) {
  if (env.NIGHTLATCH_READY_FILE) {
    const { control, token, url } = JSON.parse(readFileSync(env.NIGHTLATCH_READY_FILE, "utf8"));
    if (!control) throw new Error(`${env.NIGHTLATCH_READY_FILE}: the guard has no control API; start it with --control`);
    return { url: control, token, guard: url };
  }
  const { NIGHTLATCH_CONTROL_URL: url, NIGHTLATCH_CONTROL_TOKEN: token } = env;
  if (!url || !token) {
    throw new Error("set NIGHTLATCH_READY_FILE, or NIGHTLATCH_CONTROL_URL and NIGHTLATCH_CONTROL_TOKEN");
  }
  return { url, token, guard: "" };
}

export const fixtures = {
  nightlatch: async ({ baseURL }, use) => {
    const { url, token, guard } = surroundings();
    const nightlatch = new GuardedTest({ url, token, by: "playwright" }, baseURL || guard);
    await use(nightlatch);
    await nightlatch.tidy();
  },
};
